"""Block documents: `client.block_documents`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.block_documents import (
    BlockDocument,
    BlockDocumentCreate,
    BlockDocumentQuery,
    BlockDocumentSelection,
    BlockDocumentUpdate,
)


def _with_references(found: dict[str, Any]) -> dict[str, Any]:
    """A block document in the form to send: the data of a nested block is replaced by a reference to its document."""
    references = {
        name: {"$ref": {"block_document_id": reference["block_document"]["id"]}}
        for name, reference in found.get("block_document_references", {}).items()
    }
    return {**found, "data": {**found["data"], **references}}


def _filter(sent: dict[str, Any]) -> dict[str, Any]:
    mine = {"name": {"any_": [sent["name"]]}, "block_type_id": {"any_": [sent["block_type_id"]]}}
    # A document with a name may be marked as anonymous, too.
    return {"block_documents": {**mine, "is_anonymous": None}}


_BY_NAME = ReadBack(
    "/block_documents/filter",
    body=_filter,
    by="name",
    to_request_fields=_with_references,
    include_secrets={"include_secrets": True},
)


class BlockDocuments(Resource[M]):
    """Block documents: stored configuration and secrets. Their data is not in their `repr`."""

    group = "block_documents"

    @endpoint("POST", "/block_documents/", RetrySafety.CONFLICT, read_back=_BY_NAME)
    @keywords(BlockDocumentCreate)
    async def create(self, document: BlockDocumentCreate) -> BlockDocument:
        """Create a block document (`POST /block_documents/`).

        Args:
            name: The name, of lower-case letters, digits and dashes. Default: none, for an anonymous block document.
            data: The values of its fields, by name. Default: none.
            block_schema_id: The id of its block schema.
            block_type_id: The id of its block type.
            is_anonymous: Whether it has no name. Default: False.

        Returns:
            The block document.

        Raises:
            Conflict: The name is taken within the block type.
        """
        # Without a name a second copy is a second document.
        retry_safety = None if isinstance(document.name, str) else RetrySafety.NEVER
        return await self._call(BlockDocument, body=document, retry_safety=retry_safety)

    @endpoint("GET", "/block_documents/{id:uuid}")
    async def read(self, block_document_id: UUID | str, *, include_secrets: bool = False) -> BlockDocument:
        """Read a block document (`GET /block_documents/{id}`).

        Args:
            block_document_id: The block document's id.
            include_secrets: Whether secret values are returned in plain text, instead of `********`. Default: False.

        Returns:
            The block document.

        Raises:
            NotFound: There is no such block document.
        """
        return await self._call(BlockDocument, id=block_document_id, query={"include_secrets": include_secrets})

    @endpoint("GET", "/block_types/slug/{slug}/block_documents/name/{block_document_name}")
    async def read_by_name(
        self, block_type_slug: str, block_document_name: str, *, include_secrets: bool = False
    ) -> BlockDocument:
        """Read a block document by its type and name.

        `GET /block_types/slug/{slug}/block_documents/name/{block_document_name}`

        Args:
            block_type_slug: The slug of its type.
            block_document_name: The block document's name.
            include_secrets: Whether secret values are returned in plain text, instead of `********`. Default: False.

        Returns:
            The block document.

        Raises:
            NotFound: There is no such block document.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(
            BlockDocument,
            slug=block_type_slug,
            block_document_name=block_document_name,
            query={"include_secrets": include_secrets},
        )

    @endpoint("PATCH", "/block_documents/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(BlockDocumentUpdate)
    async def update(self, block_document_id: UUID | str, document: BlockDocumentUpdate) -> None:
        """Update a block document (`PATCH /block_documents/{id}`). Fields not given stay unchanged.

        Args:
            block_document_id: The block document's id.
            block_schema_id: The id of another block schema of its type. Default: unchanged.
            data: New values of its fields, by name. Default: none.
            merge_existing_data: Whether fields that `data` does not name keep their values. Default: True.

        Raises:
            NotFound: There is no such block document.
        """
        return await self._call(type(None), id=block_document_id, body=document)

    @endpoint("DELETE", "/block_documents/{id:uuid}")
    async def delete(self, block_document_id: UUID | str) -> None:
        """Delete a block document (`DELETE /block_documents/{id}`).

        Args:
            block_document_id: The block document's id.

        Raises:
            NotFound: There is no such block document.
        """
        return await self._call(type(None), id=block_document_id)

    @endpoint("POST", "/block_documents/filter", RetrySafety.READ)
    @keywords(BlockDocumentQuery)
    async def list(self, query: BlockDocumentQuery) -> Rows[BlockDocument]:
        """List one page of block documents (`POST /block_documents/filter`).

        Args:
            block_documents: A filter on the block documents. Default: all that have a name.
            block_types: A filter on the block type. Default: any.
            block_schemas: A filter on the block schema. Default: any.
            include_secrets: Whether secret values are returned in plain text, instead of `********`. Default: False.
            sort: The order. Default: `NAME_ASC`.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The block documents of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[BlockDocument], body=query)

    @iterating
    @keywords(BlockDocumentQuery)
    def iterate(self: BlockDocuments[Async], query: BlockDocumentQuery) -> AsyncIterator[BlockDocument]:
        """Iterate over all block documents, page after page (`POST /block_documents/filter`).

        Block documents created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            block_documents: A filter on the block documents. Default: all that have a name.
            block_types: A filter on the block type. Default: any.
            block_schemas: A filter on the block schema. Default: any.
            include_secrets: Whether secret values are returned in plain text, instead of `********`. Default: False.
            sort: The order. Default: `NAME_ASC`.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The block documents.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("GET", "/block_types/slug/{slug}/block_documents")
    async def list_by_type(self, block_type_slug: str, *, include_secrets: bool = False) -> Rows[BlockDocument]:
        """List the block documents of a type (`GET /block_types/slug/{slug}/block_documents`).

        Args:
            block_type_slug: The slug of its type.
            include_secrets: Whether secret values are returned in plain text, instead of `********`. Default: False.

        Returns:
            The block documents.

        Raises:
            NotFound: There is no such block document.
        """
        return await self._call(list[BlockDocument], slug=block_type_slug, query={"include_secrets": include_secrets})

    @endpoint("POST", "/block_documents/count", RetrySafety.READ)
    @keywords(BlockDocumentSelection)
    async def count(self, selection: BlockDocumentSelection) -> int:
        """Count block documents (`POST /block_documents/count`).

        Args:
            block_documents: A filter on the block documents. Default: all that have a name.
            block_types: A filter on the block type. Default: any.
            block_schemas: A filter on the block schema. Default: any.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)
