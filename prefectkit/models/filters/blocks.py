"""Which block types, block schemas and block documents."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, OpenEnum
from prefectkit.models.filters.criteria import AnyOf, Combined, Name


class BlockDocumentSort(OpenEnum):
    """The order of block documents."""

    NAME_DESC = "NAME_DESC"
    NAME_ASC = "NAME_ASC"
    BLOCK_TYPE_AND_NAME_ASC = "BLOCK_TYPE_AND_NAME_ASC"


class BlockTypeFilterName(Body):
    """By the name of the block type.

    Attributes:
        like_: The name contains this text, in upper or lower case.
    """

    like_: str | UnsetType | None = UNSET


class BlockTypeFilterSlug(AnyOf[str]):
    """By the slug of the block type, such as `aws-credentials`."""


class BlockTypeFilter(Body):
    """Which block types.

    Attributes:
        name: By the name of the block type.
        slug: By its slug.
    """

    name: BlockTypeFilterName | UnsetType | None = UNSET
    slug: BlockTypeFilterSlug | UnsetType | None = UNSET


class BlockSchemaFilterId(AnyOf[Id]):
    """By the id of the block schema."""


class BlockSchemaFilterBlockTypeId(AnyOf[Id]):
    """By the block type of the block schema."""


class BlockSchemaFilterCapabilities(Body):
    """By what blocks of the schema can do.

    Attributes:
        all_: They have all of these capabilities, such as `write-path`.
    """

    all_: Sequence[str] | UnsetType | None = UNSET


class BlockSchemaFilterVersion(AnyOf[str]):
    """By the version of the block schema."""


class BlockSchemaFilter(Combined):
    """Which block schemas.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        block_type_id: By the block type of the schema.
        block_capabilities: By what blocks of the schema can do.
        id: By the id of the schema.
        version: By its version.
    """

    block_type_id: BlockSchemaFilterBlockTypeId | UnsetType | None = UNSET
    block_capabilities: BlockSchemaFilterCapabilities | UnsetType | None = UNSET
    id: BlockSchemaFilterId | UnsetType | None = UNSET
    version: BlockSchemaFilterVersion | UnsetType | None = UNSET


class BlockDocumentFilterId(AnyOf[Id]):
    """By the id of the block document."""


class BlockDocumentFilterIsAnonymous(Body):
    """By whether the block document is anonymous.

    Attributes:
        eq_: True: only anonymous ones. False: only named ones.
    """

    eq_: bool | UnsetType | None = UNSET


class BlockDocumentFilterBlockTypeId(AnyOf[Id]):
    """By the block type of the block document."""


class BlockDocumentFilterName(Name):
    """By the name of the block document."""


class BlockDocumentFilter(Combined):
    """Which block documents.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the block document.
        is_anonymous: By whether it is anonymous. Default: only named ones; None: both.
        block_type_id: By its block type.
        name: By its name.
    """

    id: BlockDocumentFilterId | UnsetType | None = UNSET
    is_anonymous: BlockDocumentFilterIsAnonymous | UnsetType | None = UNSET
    block_type_id: BlockDocumentFilterBlockTypeId | UnsetType | None = UNSET
    name: BlockDocumentFilterName | UnsetType | None = UNSET
