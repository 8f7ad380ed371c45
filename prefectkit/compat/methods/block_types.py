"""Block types."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from prefectkit import models
from prefectkit.compat.arguments import ModelLike, fields_for
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectNotFound, ProtectedBlockError
from prefectkit.compat.name_checks import check_slug
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.block_types import BlockType, BlockTypeCreate, BlockTypeUpdate


def _protected(_: Exception) -> ProtectedBlockError:
    return ProtectedBlockError("Protected block types cannot be deleted.")


class BlockTypeMethods(MethodGroup[M]):
    """The flat methods about the kinds of block."""

    @client_method(conflict=ObjectAlreadyExists)
    async def create_block_type(self, block_type: ModelLike[BlockTypeCreate]) -> BlockType:
        """Create a block type.

        Args:
            block_type: A `BlockTypeCreate`, or a block type that was read.

        Raises:
            ObjectAlreadyExists: There is one of this slug.
            ValueError: The server does not accept the slug.
            PrefectHTTPStatusError: The name begins with `Prefect`, which is the server's.
        """
        fields = fields_for(block_type, models.BlockTypeCreate)
        check_slug("slug", fields.get("slug"))
        return await self._api.block_types.create(**fields)

    @client_method(not_found=ObjectNotFound)
    async def read_block_type_by_slug(self, slug: str) -> BlockType:
        """Read a block type by its slug.

        Args:
            slug: The slug of the block type.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.block_types.read_by_slug(slug)

    @client_method()
    async def read_block_types(self) -> list[BlockType]:
        """List all block types, page after page."""
        return [block_type async for block_type in self._api.block_types.iterate()]

    @client_method(not_found=ObjectNotFound)
    async def update_block_type(self, block_type_id: UUID | str, block_type: ModelLike[BlockTypeUpdate]) -> None:
        """Change a block type.

        Args:
            block_type_id: The block type's id.
            block_type: A `BlockTypeUpdate`, or a block type that was read; unset fields stay.

        Raises:
            ObjectNotFound: There is no such block type.
        """
        return await self._api.block_types.update(block_type_id, **fields_for(block_type, models.BlockTypeUpdate))

    @client_method(not_found=ObjectNotFound, forbidden={"protected block types cannot be deleted.": _protected})
    async def delete_block_type(self, block_type_id: UUID | str) -> None:
        """Delete a block type, with its schemas and documents.

        Args:
            block_type_id: The block type's id.

        Raises:
            ObjectNotFound: There is none.
            ProtectedBlockError: It belongs to the server.
        """
        return await self._api.block_types.delete(block_type_id)
