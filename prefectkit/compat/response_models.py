"""Models that flat methods return in another shape than the resources do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol, Self

from msgspec import field, structs

from prefectkit.models.base import JSON, Model
from prefectkit.models.events import EventPage as Page

if TYPE_CHECKING:
    from prefectkit.models.slas import SlaMergeResponse as Merged


class EventReader(Protocol):
    """A client to await that reads pages of events."""

    @property
    def read_events_page(self) -> Callable[[str], Awaitable[EventPage]]:
        """The method that reads a page by its URL."""
        ...


class SyncEventReader(Protocol):
    """A blocking client that reads pages of events."""

    @property
    def read_events_page(self) -> Callable[[str], EventPage]:
        """The method that reads a page by its URL."""
        ...


class EventPage(Page):
    """A page of the events that match a query.

    Attributes:
        events: The events.
        total: The number of events on all pages.
        next_page: The URL of the next page; None on the last page.
    """

    @classmethod
    def of(cls, page: Page) -> Self:
        """The page of the resource as one with these methods."""
        fields: dict[str, Any] = structs.asdict(page)
        return cls(**fields)

    async def get_next_page(self, client: EventReader) -> EventPage | None:
        """Read the next page; None after the last."""
        return await client.read_events_page(self.next_page) if self.next_page else None

    def get_next_page_sync(self, client: SyncEventReader) -> EventPage | None:
        """Read the next page with a blocking client; None after the last."""
        return client.read_events_page(self.next_page) if self.next_page else None


class SlaMergeResponse(Model):
    """The changes that were made to the service level agreements of a deployment.

    Attributes:
        created: The names of the new agreements.
        updated: The names of the changed agreements.
        deleted: The names of the deleted agreements: those that were not in the list.
    """

    created: list[str] = field(default_factory=list[str])
    updated: list[str] = field(default_factory=list[str])
    deleted: list[str] = field(default_factory=list[str])

    @classmethod
    def of(cls, merged: Merged) -> Self:
        """The names of the agreements."""
        return cls(created=_names(merged.created), updated=_names(merged.updated), deleted=_names(merged.deleted))


def _names(slas: Iterable[JSON]) -> list[str]:
    return [str(sla.get("name")) for sla in slas]
