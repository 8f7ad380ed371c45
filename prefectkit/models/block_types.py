"""Block types: the kinds of block documents."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Paged, Stored
from prefectkit.models.filters.blocks import BlockSchemaFilter, BlockTypeFilter


class BlockType(Stored):
    """A block type of the server.

    Attributes:
        name: Its name.
        slug: Its name in URLs, such as `aws-credentials`.
        logo_url: The URL of its logo.
        documentation_url: The URL of its documentation.
        description: A text about it.
        code_example: How a block of the type is used, in Markdown.
        is_protected: Whether it belongs to the server and cannot be changed.
    """

    name: str
    slug: str
    logo_url: str | None = None
    documentation_url: str | None = None
    description: str | None = None
    code_example: str | None = None
    is_protected: bool = False


class BlockTypeUpdate(Body):
    """What can be changed of a block type.

    Attributes:
        logo_url: The URL of its logo. Default: left as it is.
        documentation_url: The URL of its documentation. Default: left as it is.
        description: A text about it. Default: left as it is.
        code_example: How a block of the type is used, in Markdown. Default: left as it is.
    """

    logo_url: str | UnsetType | None = UNSET
    documentation_url: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    code_example: str | UnsetType | None = UNSET


class BlockTypeCreate(BlockTypeUpdate):
    """A block type to create.

    Attributes:
        name: Its name, without `/`, `%`, `&`, `<` and `>`.
        slug: Its name in URLs, of lower-case letters, digits and dashes, such as `aws-credentials`.
        logo_url: The URL of its logo. Default: none.
        documentation_url: The URL of its documentation. Default: none.
        description: A text about it. Default: none.
        code_example: How a block of the type is used, in Markdown. Default: none.
    """

    name: str
    slug: str


class BlockTypeQuery(Paged):
    """Which block types to read.

    Attributes:
        block_types: Those that this filter lets through. Default: all.
        block_schemas: Those with such a block schema. Default: with any.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the most.
        offset: How many rows to skip. Default: 0.
    """

    block_types: BlockTypeFilter | UnsetType | None = UNSET
    block_schemas: BlockSchemaFilter | UnsetType | None = UNSET
