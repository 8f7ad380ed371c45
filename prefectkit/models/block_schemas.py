"""Block schemas: the fields that blocks of a type have."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Id, Paged, Stored
from prefectkit.models.block_types import BlockType
from prefectkit.models.filters.blocks import BlockSchemaFilter

DEFAULT_BLOCK_SCHEMA_VERSION = "non-versioned"
"""The version of a block schema that has none."""


class BlockSchema(Stored):
    """A block schema.

    Attributes:
        checksum: The checksum of the fields.
        fields: The JSON schema of the fields.
        block_type_id: The id of its block type.
        block_type: The block type itself.
        capabilities: What blocks of the schema can do, such as `write-path`.
        version: The version of the schema.
    """

    checksum: str = ""
    fields: JSON = field(default_factory=JSON)
    block_type_id: UUID | None = None
    block_type: BlockType | None = None
    capabilities: list[str] = field(default_factory=list[str])
    version: str = DEFAULT_BLOCK_SCHEMA_VERSION


class BlockSchemaCreate(Body):
    """A block schema to create. If an equal one exists, the server returns it.

    Attributes:
        fields: The JSON schema of the fields. Default: none.
        block_type_id: The id of its block type.
        capabilities: What blocks of the schema can do, such as `write-path`. Default: none.
        version: The version of the schema. Default: `non-versioned`.
    """

    fields: JSON | UnsetType = UNSET
    block_type_id: Id
    capabilities: list[str] | UnsetType = UNSET
    version: str | UnsetType = UNSET


class BlockSchemaQuery(Paged):
    """Which block schemas to read.

    Attributes:
        block_schemas: A filter on the block schemas. Default: all.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    block_schemas: BlockSchemaFilter | UnsetType | None = UNSET
