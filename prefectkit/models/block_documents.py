"""Block documents: the saved settings and secrets of one block each."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Id, OrText, Query, RedactedFields, Stored
from prefectkit.models.block_schemas import BlockSchema
from prefectkit.models.block_types import BlockType
from prefectkit.models.filters.blocks import (
    BlockDocumentFilter,
    BlockDocumentSort,
    BlockSchemaFilter,
    BlockTypeFilter,
)


class BlockDocument(RedactedFields, Stored):
    """A block document.

    Attributes:
        name: The name, unique within its block type. None: it is anonymous.
        data: The values of its fields; secret ones are `********` unless they were asked for.
        block_schema_id: The id of its block schema.
        block_schema: The block schema itself.
        block_type_id: The id of its block type.
        block_type_name: The name of the block type.
        block_type: The block type itself.
        block_document_references: The block documents it refers to, by field.
        is_anonymous: Whether it has no name of its own.
    """

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"data"})

    name: str | None = None
    data: JSON = field(default_factory=JSON)
    block_schema_id: UUID | None = None
    block_schema: BlockSchema | None = None
    block_type_id: UUID | None = None
    block_type_name: str | None = None
    block_type: BlockType | None = None
    block_document_references: dict[str, JSON] = field(default_factory=dict[str, JSON])
    is_anonymous: bool = False


class BlockDocumentCreate(RedactedFields, Body):
    """A block document to create.

    Attributes:
        name: The name, of lower-case letters, digits and dashes. Default: none, for an anonymous block document.
        data: The values of its fields, by name. Default: none.
        block_schema_id: The id of its block schema.
        block_type_id: The id of its block type.
        is_anonymous: Whether it has no name. Default: False.
    """

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"data"})

    name: str | UnsetType | None = UNSET
    data: JSON | UnsetType = UNSET
    block_schema_id: Id
    block_type_id: Id
    is_anonymous: bool | UnsetType = UNSET


class BlockDocumentUpdate(RedactedFields, Body):
    """The changes to a block document.

    Attributes:
        block_schema_id: The id of another block schema of its type. Default: unchanged.
        data: New values of its fields, by name. Default: none.
        merge_existing_data: Whether fields that `data` does not name keep their values. Default: True.
    """

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"data"})

    block_schema_id: Id | UnsetType | None = UNSET
    data: JSON | UnsetType = UNSET
    merge_existing_data: bool | UnsetType = UNSET


class BlockDocumentSelection(Query):
    """Which block documents to count.

    Attributes:
        block_documents: A filter on the block documents. Default: all that have a name.
        block_types: A filter on the block type. Default: any.
        block_schemas: A filter on the block schema. Default: any.
    """

    block_documents: BlockDocumentFilter | UnsetType | None = UNSET
    block_types: BlockTypeFilter | UnsetType | None = UNSET
    block_schemas: BlockSchemaFilter | UnsetType | None = UNSET


class BlockDocumentQuery(BlockDocumentSelection):
    """Which block documents to read.

    Attributes:
        block_documents: A filter on the block documents. Default: all that have a name.
        block_types: A filter on the block type. Default: any.
        block_schemas: A filter on the block schema. Default: any.
        include_secrets: Whether secret values are returned in plain text, instead of `********`. Default: False.
        sort: The order. Default: `NAME_ASC`.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    include_secrets: bool | UnsetType | None = UNSET
    sort: OrText[BlockDocumentSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET
