"""What flat methods return that the resources have another shape of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from msgspec import field, structs

from prefectkit.models.base import JSON, Model
from prefectkit.models.events import EventPage as Page

if TYPE_CHECKING:
    from prefectkit.compat.client import PrefectClient, SyncPrefectClient
    from prefectkit.models.slas import SlaMergeResponse as Merged


class EventPage(Page):
    """Some of the events that a query finds, and a way to the next ones.

    Attributes:
        events: The events.
        total: How many events the query finds in all.
        next_page: The URL of the next page. None: this is the last.
    """

    @classmethod
    def of(cls, page: Page) -> Self:
        """The page, with the way to the next."""
        fields: dict[str, Any] = structs.asdict(page)
        return cls(**fields)

    async def get_next_page(self, client: PrefectClient) -> EventPage | None:
        """Read the next page; None after the last."""
        return await client.read_events_page(self.next_page) if self.next_page else None

    def get_next_page_sync(self, client: SyncPrefectClient) -> EventPage | None:
        """Read the next page with a client that blocks; None after the last."""
        return client.read_events_page(self.next_page) if self.next_page else None


class SlaMergeResponse(Model):
    """What became of the agreements of a deployment.

    Attributes:
        created: The names of those that are new.
        updated: The names of those that were changed.
        deleted: The names of those that are gone, since they were not in the list.
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
