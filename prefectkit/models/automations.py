"""Automations: actions that triggers set off."""

from __future__ import annotations

from msgspec import UNSET, UnsetType, field

from prefectkit.models.actions import ActionTypes, as_actions
from prefectkit.models.base import Body, Stored, Variant
from prefectkit.models.filters.automations import AutomationFilter, AutomationSort
from prefectkit.models.triggers import TriggerTypes, as_trigger


class Automation(Stored):
    """An automation of the server.

    Attributes:
        name: Its name; several may share one.
        description: A text about it.
        enabled: Whether it is at work.
        tags: Its tags.
        trigger: What it waits for.
        actions: What it does whenever the trigger fires.
        actions_on_trigger: What it does when it goes from resolved to triggered.
        actions_on_resolve: What it does when it goes from triggered to resolved.
        owner_resource: The resource it belongs to. None: to none, or the server does not say.
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
    """What an automation is to be from now on.

    Attributes:
        name: Its name; several may share one.
        description: A text about it. Default: left as it is.
        enabled: Whether it is at work. Default: left as it is.
        tags: Its tags. Default: left as they are.
        trigger: What it waits for.
        actions: What it does whenever the trigger fires.
        actions_on_trigger: What it does when it goes from resolved to triggered. Default: left as it is.
        actions_on_resolve: What it does when it goes from triggered to resolved. Default: left as it is.
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
        name: Its name; several may share one.
        description: A text about it. Default: none.
        enabled: Whether it is at work. Default: True.
        tags: Its tags. Default: none.
        trigger: What it waits for.
        actions: What it does whenever the trigger fires.
        actions_on_trigger: What it does when it goes from resolved to triggered. Default: nothing.
        actions_on_resolve: What it does when it goes from triggered to resolved. Default: nothing.
        owner_resource: The resource it belongs to, such as `prefect.deployment.<id>`. Default: to none.
    """

    owner_resource: str | UnsetType | None = UNSET


class AutomationPartialUpdate(Body):
    """What can be changed of an automation on its own.

    Attributes:
        enabled: Whether it is at work. Default: True.
    """

    enabled: bool | UnsetType = UNSET


class AutomationSelection(Body):
    """Which automations to count.

    Attributes:
        automations: Those that this filter lets through. Default: all.
    """

    automations: AutomationFilter | UnsetType | None = UNSET


class AutomationQuery(AutomationSelection):
    """Which automations to read.

    Attributes:
        automations: Those that this filter lets through. Default: all.
        sort: Their order. Default: `NAME_ASC`.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the most.
        offset: How many rows to skip. Default: 0.
    """

    sort: AutomationSort | UnsetType = UNSET
    limit: int | UnsetType = UNSET
    offset: int | UnsetType = UNSET
