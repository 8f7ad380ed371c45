"""Automations: actions that run when triggers fire."""

from __future__ import annotations

from msgspec import UNSET, UnsetType, field

from prefectkit.models.actions import ActionTypes, as_actions
from prefectkit.models.base import Body, OrText, Query, Stored, Variant
from prefectkit.models.filters.automations import AutomationFilter, AutomationSort
from prefectkit.models.triggers import TriggerTypes, as_trigger


class Automation(Stored):
    """An automation.

    Attributes:
        name: The name; several automations may share one.
        description: A description.
        enabled: Whether it is active.
        tags: The tags.
        trigger: The trigger: the events or metrics that it waits for.
        actions: The actions to run each time the trigger fires.
        actions_on_trigger: The actions to run when it changes from resolved to triggered.
        actions_on_resolve: The actions to run when it changes from triggered to resolved.
        owner_resource: The resource it belongs to. None: to none, or not returned by the server.
    """

    name: str
    description: str = ""
    enabled: bool = True
    tags: list[str] = field(default_factory=list[str])
    trigger: Variant[TriggerTypes]
    actions: list[Variant[ActionTypes]] = field(default_factory=list[Variant[ActionTypes]])
    actions_on_trigger: list[Variant[ActionTypes]] = field(default_factory=list[Variant[ActionTypes]])
    actions_on_resolve: list[Variant[ActionTypes]] = field(default_factory=list[Variant[ActionTypes]])
    owner_resource: str | None = None

    def __post_init__(self) -> None:
        self.trigger = as_trigger(self.trigger)
        self.actions = as_actions(self.actions)
        self.actions_on_trigger = as_actions(self.actions_on_trigger)
        self.actions_on_resolve = as_actions(self.actions_on_resolve)


class AutomationUpdate(Body):
    """The new definition of an automation.

    Attributes:
        name: The name; several automations may share one.
        description: A description. Default: unchanged.
        enabled: Whether it is active. Default: unchanged.
        tags: The tags, which replace all others. Default: unchanged.
        trigger: The trigger: the events or metrics that it waits for.
        actions: The actions to run each time the trigger fires.
        actions_on_trigger: The actions to run when it changes from resolved to triggered. Default: unchanged.
        actions_on_resolve: The actions to run when it changes from triggered to resolved. Default: unchanged.
    """

    name: str
    description: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    trigger: Variant[TriggerTypes]
    actions: list[Variant[ActionTypes]]
    actions_on_trigger: list[Variant[ActionTypes]] | UnsetType = UNSET
    actions_on_resolve: list[Variant[ActionTypes]] | UnsetType = UNSET


class AutomationCreate(AutomationUpdate):
    """An automation to create. The server makes a new one each time it is sent.

    Attributes:
        name: The name; several automations may share one.
        description: A description. Default: none.
        enabled: Whether it is active. Default: True.
        tags: The tags. Default: none.
        trigger: The trigger: the events or metrics that it waits for.
        actions: The actions to run each time the trigger fires.
        actions_on_trigger: The actions to run when it changes from resolved to triggered. Default: none.
        actions_on_resolve: The actions to run when it changes from triggered to resolved. Default: none.
        owner_resource: The resource that it belongs to, such as `prefect.deployment.<id>`. Default: none.
    """

    owner_resource: str | UnsetType | None = UNSET


class AutomationPartialUpdate(Body):
    """The changes to an automation.

    Attributes:
        enabled: Whether it is active. Default: True.
    """

    enabled: bool | UnsetType = UNSET


class AutomationSelection(Query):
    """Which automations to count.

    Attributes:
        automations: A filter on the automations. Default: all.
    """

    automations: AutomationFilter | UnsetType | None = UNSET


class AutomationQuery(AutomationSelection):
    """Which automations to read.

    Attributes:
        automations: A filter on the automations. Default: all.
        sort: The order. Default: `NAME_ASC`.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    sort: OrText[AutomationSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET
