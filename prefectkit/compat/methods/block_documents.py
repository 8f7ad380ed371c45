"""Block documents: the saved settings and secrets of one block each."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from prefectkit import models
from prefectkit.compat.arguments import ModelLike, fields_for, without_none
from prefectkit.compat.block_secrets import reveal_block_secrets
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectNotFound
from prefectkit.compat.name_checks import check_slug
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.block_documents import BlockDocument, BlockDocumentCreate, BlockDocumentUpdate


class BlockDocumentMethods(MethodGroup[M]):
    """The flat methods about saved blocks. No error repeats what is sent."""

    @client_method(conflict=ObjectAlreadyExists)
    async def create_block_document(
        self, block_document: ModelLike[BlockDocument | BlockDocumentCreate], include_secrets: bool = True
    ) -> BlockDocument:
        """Create a block document.

        Args:
            block_document: What is saved, which stays as it is. An object with `get_secret_value` in its data, such as
                pydantic's `SecretStr`, is a secret.
            include_secrets: Send the secrets themselves. Otherwise asterisks are saved, which no block can work with.

        Returns:
            The block document, in which the fields that its schema calls secret are asterisks.

        Raises:
            ObjectAlreadyExists: The block type has one of this name.
            ValueError: The server does not accept the name, or a secret is of bytes that are no text.
        """
        document = reveal_block_secrets(block_document, shown=include_secrets)
        fields = fields_for(document, models.BlockDocumentCreate)
        check_slug("name", fields.get("name"))
        return await self._api.block_documents.create(**fields)

    @client_method(not_found=ObjectNotFound)
    async def update_block_document(
        self, block_document_id: UUID | str, block_document: ModelLike[BlockDocument | BlockDocumentUpdate]
    ) -> None:
        """Change a block document.

        Args:
            block_document_id: The block document's id.
            block_document: What changes; unset fields stay. Secrets are as in `create_block_document`.

        Raises:
            ObjectNotFound: There is no such block document.
            ValueError: A secret is of bytes that are no text.
        """
        changes = fields_for(reveal_block_secrets(block_document), models.BlockDocumentUpdate)
        return await self._api.block_documents.update(block_document_id, **changes)

    @client_method(not_found=ObjectNotFound)
    async def delete_block_document(self, block_document_id: UUID | str) -> None:
        """Delete a block document.

        Args:
            block_document_id: The block document's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.block_documents.delete(block_document_id)

    @client_method(not_found=ObjectNotFound)
    async def read_block_document(self, block_document_id: UUID | str, include_secrets: bool = True) -> BlockDocument:
        """Read a block document.

        Args:
            block_document_id: The block document's id.
            include_secrets: Ask for the secrets themselves instead of asterisks.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.block_documents.read(block_document_id, include_secrets=include_secrets)

    @client_method(not_found=ObjectNotFound)
    async def read_block_document_by_name(
        self, name: str, block_type_slug: str, include_secrets: bool = True
    ) -> BlockDocument:
        """Read a block document by its name.

        Args:
            name: The block document's name.
            block_type_slug: The slug of its block type.
            include_secrets: Ask for the secrets themselves instead of asterisks.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.block_documents.read_by_name(block_type_slug, name, include_secrets=include_secrets)

    @client_method()
    async def read_block_documents(
        self,
        block_schema_type: str | None = None,
        offset: int | None = None,
        limit: int | None = None,
        include_secrets: bool = True,
    ) -> list[BlockDocument]:
        """List the block documents that have a name.

        Args:
            block_schema_type: Of no effect: the API has no such filter.
            offset: How many to skip.
            limit: At most this many. Default: the server's page size, usually 200.
            include_secrets: Ask for the secrets themselves instead of asterisks.
        """
        if block_schema_type is not None:
            self._warn("read_block_documents: the API does not filter block documents by block_schema_type")
        page = without_none(offset=offset, limit=limit)
        return await self._api.block_documents.list(**page, include_secrets=include_secrets)

    @client_method()
    async def read_block_documents_by_type(
        self,
        block_type_slug: str,
        offset: int | None = None,
        limit: int | None = None,
        include_secrets: bool = True,
    ) -> list[BlockDocument]:
        """List the block documents of a block type that have a name.

        Args:
            block_type_slug: The slug of the block type.
            offset: How many to skip of those that the server returns, which is all of them.
            limit: At most this many. Default: all.
            include_secrets: Ask for the secrets themselves instead of asterisks.

        Raises:
            PrefectHTTPStatusError: There is no such block type.
        """
        documents = await self._api.block_documents.list_by_type(block_type_slug, include_secrets=include_secrets)
        return documents[offset or 0 :][:limit]
