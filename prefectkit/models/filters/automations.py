"""Which automations."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, OpenEnum, Timestamp
from prefectkit.models.filters.criteria import AnyOf, Combined, Tags


class AutomationSort(OpenEnum):
    """The order of automations."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"


class AutomationFilterId(AnyOf[Id]):
    """By the id of the automation."""


class AutomationFilterName(AnyOf[str]):
    """By the name of the automation."""


class AutomationFilterCreated(Body):
    """By the moment the automation was created.

    Attributes:
        before_: At this moment or earlier.
    """

    before_: Timestamp | UnsetType | None = UNSET


class AutomationFilterTags(Tags):
    """By the tags of the automation."""


class AutomationFilter(Combined):
    """Which automations.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the automation.
        name: By its name.
        created: By the moment it was created.
        tags: By its tags.
    """

    id: AutomationFilterId | UnsetType | None = UNSET
    name: AutomationFilterName | UnsetType | None = UNSET
    created: AutomationFilterCreated | UnsetType | None = UNSET
    tags: AutomationFilterTags | UnsetType | None = UNSET
