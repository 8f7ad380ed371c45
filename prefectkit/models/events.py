"""Events: events to send, and events that the server has received."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Model, OpenEnum, OrText, Query, Timestamp
from prefectkit.models.filters.events import EventFilter


class Resource(dict[str, str]):
    """The labels of the resource of an event. One of them is `prefect.resource.id`."""

    __slots__ = ()

    @property
    def id(self) -> str:
        """The label `prefect.resource.id`."""
        return self["prefect.resource.id"]

    @property
    def name(self) -> str | None:
        """The label `prefect.resource.name`."""
        return self.get("prefect.resource.name")

    def prefect_object_id(self, kind: str) -> UUID:
        """The id of the object that the resource is, such as a flow run.

        Args:
            kind: Its kind, as its id begins: `prefect.flow-run`.

        Raises:
            ValueError: The resource is of another kind.
        """
        found, _, object_id = self.id.rpartition(".")
        if found != kind.rstrip("."):
            raise ValueError(f"the resource {self.id!r} is no {kind!r}")
        return UUID(object_id)


class RelatedResource(Resource):
    """The labels of a related resource of an event. One of them is `prefect.resource.role`."""

    __slots__ = ()

    @property
    def role(self) -> str:
        """The label `prefect.resource.role`."""
        return self["prefect.resource.role"]


class Countable(OpenEnum):
    """The property by which events are counted."""

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
    """An event to send. The server stores one event for each id, so sending it twice stores one.

    Attributes:
        event: The name of the event, such as `order.paid`.
        resource: The resource of the event.
        related: The related resources. Default: none.
        payload: Further data, as JSON. Default: none.
        occurred: When it happened. Default: now.
        id: The id of the event. Default: a new one.
        follows: The id of the event that came before it. Default: none.
    """

    event: str
    resource: dict[str, str]
    related: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    payload: JSON = field(default_factory=JSON)
    occurred: Timestamp = field(default_factory=_now)
    id: UUID = field(default_factory=uuid4)
    follows: UUID | None = None

    def __post_init__(self) -> None:
        self.resource = _labels(Resource, self.resource)
        self.related = [_labels(RelatedResource, labels) for labels in self.related]


def _labels(kind: type[Resource], labels: Any) -> Any:
    # Objects of another library stay as they are.
    return kind(cast("dict[str, str]", labels)) if isinstance(labels, dict) else labels


class ReceivedEvent(Event):
    """An event that the server has received.

    Attributes:
        event: The name of the event, such as `prefect.flow-run.Completed`.
        resource: The resource of the event.
        related: The related resources.
        payload: Further data.
        occurred: When it happened.
        id: The id of the event.
        follows: The id of the event that came before it.
        received: When the server received it.
    """

    received: Timestamp | None = None

    if TYPE_CHECKING:
        # An event to send takes any dict, and what is read is one of these.
        resource: Resource  # pyright: ignore[reportIncompatibleVariableOverride]
        related: list[RelatedResource] = field(  # type: ignore[assignment]  # pyright: ignore
            default_factory=list[RelatedResource]
        )


class EventPage(Model):
    """One page of events.

    Attributes:
        events: The events.
        total: The number of events on all pages.
        next_page: The URL of the next page. None: this is the last.
    """

    events: list[ReceivedEvent]
    total: int = 0
    next_page: str | None = None


class EventCount(Model):
    """The number of events with a value.

    Attributes:
        value: The value, as used in filters.
        label: The value, as displayed.
        count: The number of events.
        start_time: The start of the interval.
        end_time: The end of the interval.
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
