"""Which flows."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Id, OpenEnum
from prefectkit.models.filters.criteria import AllTags, AnyOrNot, Combined, Name


class FlowSort(OpenEnum):
    """The order of flows."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"


class FlowFilterId(AnyOrNot[Id]):
    """By the id of the flow."""


class FlowFilterName(Name):
    """By the name of the flow."""


class FlowFilterTags(AllTags):
    """By the tags of the flow."""


class FlowFilterDeployment(Combined):
    """By whether the flow has deployments.

    Attributes:
        operator: Has no effect on this one criterion. Default: `and_`.
        is_null_: True: the flow has no deployment. False: it has one or more.
    """

    is_null_: bool | UnsetType | None = UNSET


class FlowFilter(Combined):
    """Which flows.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the flow.
        name: By the name of the flow.
        tags: By the tags of the flow.
        deployment: By whether the flow has deployments.
    """

    id: FlowFilterId | UnsetType | None = UNSET
    name: FlowFilterName | UnsetType | None = UNSET
    tags: FlowFilterTags | UnsetType | None = UNSET
    deployment: FlowFilterDeployment | UnsetType | None = UNSET
