"""Block types: the kinds of block documents."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Paged, Stored
from prefectkit.models.filters.blocks import BlockSchemaFilter, BlockTypeFilter


class BlockType(Stored):
    """A block type.

    Attributes:
        name: The name.
        slug: The name in URLs, such as `aws-credentials`.
        logo_url: The URL of its logo.
        documentation_url: The URL of its documentation.
        description: A description.
        code_example: How a block of the type is used, in Markdown.
        is_protected: Whether it is built in and cannot be changed.
    """

    name: str
    slug: str
    logo_url: str | None = None
    documentation_url: str | None = None
    description: str | None = None
    code_example: str | None = None
    is_protected: bool = False


class BlockTypeUpdate(Body):
    """The changes to a block type.

    Attributes:
        logo_url: The URL of its logo. Default: unchanged.
        documentation_url: The URL of its documentation. Default: unchanged.
        description: A description. Default: unchanged.
        code_example: How a block of the type is used, in Markdown. Default: unchanged.
    """

    logo_url: str | UnsetType | None = UNSET
    documentation_url: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    code_example: str | UnsetType | None = UNSET


class BlockTypeCreate(BlockTypeUpdate):
    """A block type to create.

    Attributes:
        name: The name, without `/`, `%`, `&`, `<` and `>`.
        slug: The name in URLs, of lower-case letters, digits and dashes, such as `aws-credentials`.
        logo_url: The URL of its logo. Default: none.
        documentation_url: The URL of its documentation. Default: none.
        description: A description. Default: none.
        code_example: How a block of the type is used, in Markdown. Default: none.
    """

    name: str
    slug: str


class BlockTypeQuery(Paged):
    """Which block types to read.

    Attributes:
        block_types: A filter on the block types. Default: all.
        block_schemas: A filter on the block schemas of the type. Default: any.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    block_types: BlockTypeFilter | UnsetType | None = UNSET
    block_schemas: BlockSchemaFilter | UnsetType | None = UNSET
