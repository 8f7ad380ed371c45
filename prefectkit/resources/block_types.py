"""Block types: `client.block_types`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.block_types import BlockType, BlockTypeCreate, BlockTypeQuery, BlockTypeUpdate


class BlockTypes(Resource[M]):
    """Block types: the kinds of block."""

    group = "block_types"

    @endpoint("POST", "/block_types/", RetrySafety.CONFLICT, read_back=ReadBack("/block_types/slug/{slug}"))
    @keywords(BlockTypeCreate)
    async def create(self, block_type: BlockTypeCreate) -> BlockType:
        """Create a block type (`POST /block_types/`).

        Args:
            logo_url: The URL of its logo. Default: none.
            documentation_url: The URL of its documentation. Default: none.
            description: A description. Default: none.
            code_example: How a block of the type is used, in Markdown. Default: none.
            name: The name, without `/`, `%`, `&`, `<` and `>`.
            slug: The name in URLs, of lower-case letters, digits and dashes, such as `aws-credentials`.

        Returns:
            The block type.

        Raises:
            Conflict: The slug is taken.
            Forbidden: The name begins with `Prefect`.
        """
        return await self._call(BlockType, body=block_type)

    @endpoint("GET", "/block_types/{id:uuid}")
    async def read(self, block_type_id: UUID | str) -> BlockType:
        """Read a block type (`GET /block_types/{id}`).

        Args:
            block_type_id: The block type's id.

        Returns:
            The block type.

        Raises:
            NotFound: There is no such block type.
        """
        return await self._call(BlockType, id=block_type_id)

    @endpoint("GET", "/block_types/slug/{slug}")
    async def read_by_slug(self, slug: str) -> BlockType:
        """Read a block type by its slug (`GET /block_types/slug/{slug}`).

        Args:
            slug: The block type's slug.

        Returns:
            The block type.

        Raises:
            NotFound: There is no such block type.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(BlockType, slug=slug)

    @endpoint("PATCH", "/block_types/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(BlockTypeUpdate)
    async def update(self, block_type_id: UUID | str, block_type: BlockTypeUpdate) -> None:
        """Update a block type (`PATCH /block_types/{id}`). Fields not given stay unchanged.

        Args:
            block_type_id: The block type's id.
            logo_url: The URL of its logo. Default: unchanged.
            documentation_url: The URL of its documentation. Default: unchanged.
            description: A description. Default: unchanged.
            code_example: How a block of the type is used, in Markdown. Default: unchanged.

        Raises:
            NotFound: There is no such block type.
        """
        return await self._call(type(None), id=block_type_id, body=block_type)

    @endpoint("DELETE", "/block_types/{id:uuid}")
    async def delete(self, block_type_id: UUID | str) -> None:
        """Delete a block type (`DELETE /block_types/{id}`).

        Args:
            block_type_id: The block type's id.

        Raises:
            NotFound: There is no such block type.
            Forbidden: It is protected.
        """
        return await self._call(type(None), id=block_type_id)

    @endpoint("POST", "/block_types/filter", RetrySafety.READ)
    @keywords(BlockTypeQuery)
    async def list(self, query: BlockTypeQuery) -> Rows[BlockType]:
        """List one page of block types (`POST /block_types/filter`).

        Args:
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.
            block_types: A filter on the block types. Default: all.
            block_schemas: A filter on the block schemas of the type. Default: any.

        Returns:
            The block types of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[BlockType], body=query)

    @iterating
    @keywords(BlockTypeQuery)
    def iterate(self: BlockTypes[Async], query: BlockTypeQuery) -> AsyncIterator[BlockType]:
        """Iterate over all block types, page after page (`POST /block_types/filter`).

        Block types created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.
            block_types: A filter on the block types. Default: all.
            block_schemas: A filter on the block schemas of the type. Default: any.

        Yields:
            The block types.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/block_types/install_system_block_types", RetrySafety.IDEMPOTENT)
    async def install_system_block_types(self) -> None:
        """Register the block types that come with the server (`POST /block_types/install_system_block_types`)."""
        return await self._call(type(None))
