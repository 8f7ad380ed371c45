"""Block schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefectkit import models
from prefectkit.compat.arguments import ModelLike, fields_for
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectNotFound
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.block_schemas import BlockSchema, BlockSchemaCreate


class BlockSchemaMethods(MethodGroup[M]):
    """The flat methods about the fields of block types."""

    @client_method(conflict=ObjectAlreadyExists)
    async def create_block_schema(self, block_schema: ModelLike[BlockSchemaCreate]) -> BlockSchema:
        """Create a block schema, or find the one with these fields and this version.

        Args:
            block_schema: A `BlockSchemaCreate`, or a block schema that was read.

        Raises:
            ObjectAlreadyExists: The server calls it a conflict.
        """
        return await self._api.block_schemas.create(**fields_for(block_schema, models.BlockSchemaCreate))

    @client_method(not_found=ObjectNotFound)
    async def read_block_schema_by_checksum(self, checksum: str, version: str | None = None) -> BlockSchema:
        """Read a block schema by its checksum.

        Args:
            checksum: The checksum of its fields.
            version: Its version. Default: the newest.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.block_schemas.read_by_checksum(checksum, version=version or None)

    @client_method()
    async def read_block_schemas(self) -> list[BlockSchema]:
        """List all block schemas, page after page."""
        return [schema async for schema in self._api.block_schemas.iterate()]

    @client_method()
    async def get_most_recent_block_schema_for_block_type(self, block_type_id: UUID | str) -> BlockSchema | None:
        """Read the newest block schema of a block type.

        Args:
            block_type_id: The block type's id.

        Returns:
            The block schema; None if the type has none, or does not exist.
        """
        of_type: dict[str, Any] = {"block_schemas": {"block_type_id": {"any_": [block_type_id]}}}
        schemas = await self._api.block_schemas.list(**of_type, limit=1)
        return schemas[0] if schemas else None
