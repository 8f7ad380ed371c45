"""Block schemas: `client.block_schemas`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.block_schemas import BlockSchema, BlockSchemaCreate, BlockSchemaQuery


class BlockSchemas(Resource[M]):
    """Block schemas: the fields of a block type, version by version."""

    group = "block_schemas"

    @endpoint("POST", "/block_schemas/", RetrySafety.IDEMPOTENT)
    @keywords(BlockSchemaCreate)
    async def create(self, schema: BlockSchemaCreate) -> BlockSchema:
        """Create a block schema, or get the existing one with these fields and this version (`POST /block_schemas/`).

        Fields make the checksum, by which Prefect 3.8 also finds a schema of another type, or with other capabilities.

        Args:
            fields: The JSON schema of the fields. Default: none.
            block_type_id: The id of its block type.
            capabilities: What blocks of the schema can do, such as `write-path`. Default: none.
            version: The version of the schema. Default: `non-versioned`.

        Returns:
            The block schema.

        Raises:
            UnprocessableEntity: The server rejects a field.
        """
        return await self._call(BlockSchema, body=schema)

    @endpoint("GET", "/block_schemas/{id:uuid}")
    async def read(self, block_schema_id: UUID | str) -> BlockSchema:
        """Read a block schema (`GET /block_schemas/{id}`).

        Args:
            block_schema_id: The block schema's id.

        Returns:
            The block schema.

        Raises:
            NotFound: There is no such block schema.
        """
        return await self._call(BlockSchema, id=block_schema_id)

    @endpoint("GET", "/block_schemas/checksum/{checksum}")
    async def read_by_checksum(self, checksum: str, *, version: str | None = None) -> BlockSchema:
        """Read a block schema by its checksum (`GET /block_schemas/checksum/{checksum}`).

        Args:
            checksum: The block schema's checksum.
            version: Its version; the newest one if not given.

        Returns:
            The block schema.

        Raises:
            NotFound: There is no such block schema.
        """
        return await self._call(BlockSchema, checksum=checksum, query={"version": version})

    @endpoint("DELETE", "/block_schemas/{id:uuid}")
    async def delete(self, block_schema_id: UUID | str) -> None:
        """Delete a block schema (`DELETE /block_schemas/{id}`).

        Args:
            block_schema_id: The block schema's id.

        Raises:
            NotFound: There is no such block schema.
        """
        return await self._call(type(None), id=block_schema_id)

    @endpoint("POST", "/block_schemas/filter", RetrySafety.READ)
    @keywords(BlockSchemaQuery)
    async def list(self, query: BlockSchemaQuery) -> Rows[BlockSchema]:
        """List one page of block schemas (`POST /block_schemas/filter`).

        Args:
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.
            block_schemas: A filter on the block schemas. Default: all.

        Returns:
            The block schemas of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[BlockSchema], body=query)

    @iterating
    @keywords(BlockSchemaQuery)
    def iterate(self: BlockSchemas[Async], query: BlockSchemaQuery) -> AsyncIterator[BlockSchema]:
        """Iterate over all block schemas, page after page (`POST /block_schemas/filter`).

        Block schemas created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.
            block_schemas: A filter on the block schemas. Default: all.

        Yields:
            The block schemas.
        """
        return every_row(self.list, query, self._ahead)
