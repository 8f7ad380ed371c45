"""Which variables."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Id, OpenEnum
from prefectkit.models.filters.criteria import AllTags, AnyOf, Combined, Name


class VariableSort(OpenEnum):
    """The order of variables."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_DESC = "NAME_DESC"
    NAME_ASC = "NAME_ASC"


class VariableFilterId(AnyOf[Id]):
    """By the id of the variable."""


class VariableFilterName(Name):
    """By the name of the variable."""


class VariableFilterTags(AllTags):
    """By the tags of the variable."""


class VariableFilter(Combined):
    """Which variables.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the variable.
        name: By its name.
        tags: By its tags.
    """

    id: VariableFilterId | UnsetType | None = UNSET
    name: VariableFilterName | UnsetType | None = UNSET
    tags: VariableFilterTags | UnsetType | None = UNSET
