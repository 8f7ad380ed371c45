"""Which events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, OpenEnum, OrText, Timestamp

ResourceSpecification: TypeAlias = dict[str, str | list[str]]
"""The labels that a resource must have, each with its value or one of several; a value may end with `*`."""


class EventOrder(OpenEnum):
    """The order of events, by the moment they occurred."""

    ASC = "ASC"
    DESC = "DESC"


class EventOccurredFilter(Body):
    """By the moment the event occurred.

    Attributes:
        since: At this moment or later. Default: 180 days ago.
        until: At this moment or earlier. Default: now.
    """

    since: Timestamp | UnsetType = UNSET
    until: Timestamp | UnsetType = UNSET


class EventNameFilter(Body):
    """By the name of the event.

    Attributes:
        prefix: The name starts with one of these.
        exclude_prefix: The name starts with none of these.
        name: The name is one of these.
        exclude_name: The name is none of these.
    """

    prefix: Sequence[str] | UnsetType | None = UNSET
    exclude_prefix: Sequence[str] | UnsetType | None = UNSET
    name: Sequence[str] | UnsetType | None = UNSET
    exclude_name: Sequence[str] | UnsetType | None = UNSET


class EventAnyResourceFilter(Body):
    """By the resources of the event, its own one and the related ones alike.

    Attributes:
        id: The id of the resource is one of these.
        id_prefix: The id of the resource starts with one of these.
        labels: The resource has these labels.
    """

    id: Sequence[str] | UnsetType | None = UNSET
    id_prefix: Sequence[str] | UnsetType | None = UNSET
    labels: ResourceSpecification | UnsetType | None = UNSET


class EventResourceFilter(EventAnyResourceFilter):
    """By the resource that the event is about.

    Attributes:
        id: The id of the resource is one of these.
        id_prefix: The id of the resource starts with one of these.
        labels: The resource has these labels.
        distinct: Whether only one event of each resource is wanted. Default: False.
    """

    distinct: bool | UnsetType = UNSET


class EventRelatedFilter(Body):
    """By the related resources of the event.

    Attributes:
        id: The id of the related resource is one of these.
        role: The role of the related resource is one of these.
        resources_in_roles: One of these resources has this role: pairs of a resource id and a role.
        labels: The related resource has these labels.
    """

    id: Sequence[str] | UnsetType | None = UNSET
    role: Sequence[str] | UnsetType | None = UNSET
    resources_in_roles: Sequence[tuple[str, str]] | UnsetType | None = UNSET
    labels: ResourceSpecification | UnsetType | None = UNSET


class EventIDFilter(Body):
    """By the id of the event.

    Attributes:
        id: The id is one of these.
    """

    id: Sequence[Id] | UnsetType | None = UNSET


class EventTextFilter(Body):
    """By the text of the event: its name, the labels of its resources, and what it carries.

    Attributes:
        query: Words, one of which must be there, in upper or lower case; at most 200 characters. A `-` before a word:
            it must not be there. Quotes around words: they belong together.
    """

    query: str


class EventFilter(Body):
    """Which events, and in what order. All criteria must hold.

    Attributes:
        occurred: By the moment they occurred. Default: the last 180 days.
        event: By the name of the event.
        resource: By the resource that the event is about.
        related: By its related resources; of several filters all must hold.
        any_resource: By any of its resources; of several filters all must hold.
        id: By the id of the event.
        text: By the text of the event.
        order: Oldest first (`ASC`) or newest first (`DESC`). Default: `DESC`.
    """

    occurred: EventOccurredFilter | UnsetType = UNSET
    event: EventNameFilter | UnsetType | None = UNSET
    resource: EventResourceFilter | UnsetType | None = UNSET
    related: EventRelatedFilter | Sequence[EventRelatedFilter] | UnsetType | None = UNSET
    any_resource: EventAnyResourceFilter | Sequence[EventAnyResourceFilter] | UnsetType | None = UNSET
    id: EventIDFilter | UnsetType = UNSET
    text: EventTextFilter | UnsetType | None = UNSET
    order: OrText[EventOrder] | UnsetType = UNSET
