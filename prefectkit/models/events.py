"""Events: what happened, as the server is told and as it tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID, uuid4

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Model, OpenEnum, OrText, Query, Timestamp
from prefectkit.models.filters.events import EventFilter

Resource: TypeAlias = dict[str, str]
"""The labels of something that events are about; one of them is `prefect.resource.id`."""

RelatedResource: TypeAlias = dict[str, str]
"""The labels of something else that an event has to do with; one of them is `prefect.resource.role`."""


class Countable(OpenEnum):
    """What events can be counted by."""

    day = "day"
    time = "time"
    event = "event"
    resource = "resource"


class TimeUnit(OpenEnum):
    """The unit of the intervals in which events are counted."""

    week = "week"
    day = "day"
    hour = "hour"
    minute = "minute"
    second = "second"


def _now() -> datetime:
    return datetime.now(UTC)


class Event(Body):
    """An event to send. The server keeps one event of each id, so it can be sent again without harm.

    Attributes:
        event: What happened, such as `order.paid`.
        resource: What it happened to.
        related: What else it has to do with. Default: nothing.
        payload: More about it, as JSON. Default: nothing.
        occurred: When it happened. Default: now.
        id: The id of the event. Default: a new one.
        follows: The id of the event that came before it. Default: none.
    """

    event: str
    resource: Resource
    related: list[RelatedResource] = field(default_factory=list[RelatedResource])
    payload: JSON = field(default_factory=JSON)
    occurred: Timestamp = field(default_factory=_now)
    id: UUID = field(default_factory=uuid4)
    follows: UUID | None = None


class ReceivedEvent(Event):
    """An event that the server has received.

    Attributes:
        event: What happened, such as `prefect.flow-run.Completed`.
        resource: What it happened to.
        related: What else it has to do with.
        payload: More about it.
        occurred: When it happened.
        id: The id of the event.
        follows: The id of the event that came before it.
        received: When the server received it.
    """

    received: Timestamp | None = None


class EventPage(Model):
    """Some of the events that a query finds.

    Attributes:
        events: The events.
        total: How many events the query finds in all.
        next_page: The URL of the next page. None: this is the last.
    """

    events: list[ReceivedEvent] = field(default_factory=list[ReceivedEvent])
    total: int = 0
    next_page: str | None = None


class EventCount(Model):
    """How many events share a value.

    Attributes:
        value: The value, as filters take it.
        label: The value, as people read it.
        count: How many events.
        start_time: When the time in which they were counted begins.
        end_time: When it ends.
    """

    value: str
    label: str = ""
    count: int = 0
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None


class EventQuery(Query):
    """Which events to read.

    Attributes:
        filter: A filter on the events; its `order` sorts them. Default: the events of the last 180 days, newest first.
        limit: At most this many events. Default: 50, which is also the maximum.
    """

    filter: EventFilter | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET


class EventCountQuery(Query):
    """Which events to count.

    Attributes:
        filter: A filter on the events.
        time_unit: The unit of the intervals, for counts by `time`. Default: `day`.
        time_interval: How many units an interval has, at least 0.01. Default: 1.
    """

    filter: EventFilter
    time_unit: OrText[TimeUnit] | UnsetType | None = UNSET
    time_interval: float | UnsetType | None = UNSET
