"""Events."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from prefectkit.compat.arguments import ModelLike, to_plain
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.core.endpoint import M
from prefectkit.core.errors import InvalidParameterError

if TYPE_CHECKING:
    from prefectkit.compat.response_models import EventPage
    from prefectkit.models import events
    from prefectkit.models.filters.events import EventFilter

MOST = 50
"""The maximum size of a page of events."""


class EventMethods(MethodGroup[M]):
    """The flat methods about events."""

    @client_method()
    async def read_events(self, filter: ModelLike[EventFilter] | None = None, limit: int = 100) -> EventPage:
        """Read the first page of the events that match a filter.

        Args:
            filter: Which events. Default: all of the last 180 days, the newest first.
            limit: The page size. The API returns at most 50.
        """
        return _page(await self._api.events.list(filter=to_plain(filter), limit=min(limit, MOST)))

    @client_method()
    async def read_events_page(self, next_page_url: str) -> EventPage:
        """Read a further page of events.

        Args:
            next_page_url: The `next_page` of the page before. Only its token is used: the request goes to the
                server of this client.

        Raises:
            ValueError: The URL has no token.
        """
        tokens = parse_qs(urlsplit(str(next_page_url)).query).get("page-token")
        if not tokens:
            raise InvalidParameterError(
                f"{next_page_url!r} is not the URL of a page of events: pass the `next_page` of the page before"
            )
        return _page(await self._api.events.read_page(tokens[0]))


def _page(page: events.EventPage) -> EventPage:
    # Lazy: the models of events take time to import, and few programs read events.
    from prefectkit.compat.response_models import EventPage

    return EventPage.of(page)
