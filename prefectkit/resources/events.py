"""Events: `client.events`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from urllib.parse import parse_qs, urlsplit

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Page, RepeatedPageDetector, Rows, rows_of
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.events import (
    Countable,
    Event,
    EventCount,
    EventCountQuery,
    EventPage,
    EventQuery,
    ReceivedEvent,
)


class Events(Resource[M]):
    """Events: what happened, to which resource."""

    group = "events"

    @endpoint("POST", "/events", RetrySafety.KEYED)
    async def create(self, events: Rows[Event]) -> None:
        """Send events (`POST /events`). Events whose id the server knows already are ignored.

        Args:
            events: The events.

        Raises:
            UnprocessableEntity: The server rejects a field.
        """
        return await self._call(type(None), body=events)

    @endpoint("POST", "/events/filter", RetrySafety.READ)
    @keywords(EventQuery)
    async def list(self, query: EventQuery) -> EventPage:
        """Read the first page of the events that a filter selects (`POST /events/filter`).

        Args:
            filter: A filter on the events; its `order` sorts them. Default: the events of the last 180 days, newest
                first.
            limit: At most this many events. Default: 50, which is also the maximum.

        Returns:
            The events, how many there are in all, and where the next page is.

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(EventPage, body=query)

    @endpoint("GET", "/events/filter/next")
    async def read_page(self, page_token: str) -> EventPage:
        """Read a further page of events (`GET /events/filter/next`).

        Args:
            page_token: The `page-token` of the page before's `next_page`.

        Returns:
            The events, how many there are in all, and where the next page is.

        Raises:
            Forbidden: The token is not one of the server's.
        """
        return await self._call(EventPage, query={"page-token": page_token})

    @iterating
    @keywords(EventQuery)
    def iterate(self: Events[Async], query: EventQuery) -> AsyncIterator[ReceivedEvent]:
        """Iterate over all events that a filter selects, page after page (`POST /events/filter`).

        The first page fixes the query on the server: events that arrive later are not returned.

        Args:
            filter: A filter on the events; its `order` sorts them. Default: the events of the last 180 days, newest
                first.
            limit: At most this many in all, over all pages. Default: no limit.

        Yields:
            The events, in the filter's order.
        """

        repeats = RepeatedPageDetector(tolerated=0)

        async def fetch(token: str, left: int | None) -> Page[ReceivedEvent]:
            page = await (self.read_page(token) if token else self.list(filter=query.filter))
            repeats.note(page.events)
            if left is not None and left <= len(page.events):
                return Page(page.events[:left], None)
            # Only the token is taken from the URL: a URL that a server returns is never requested.
            tokens = parse_qs(urlsplit(page.next_page or "").query).get("page-token", [])
            rest = None if left is None else left - len(page.events)
            return Page(page.events, partial(fetch, tokens[0], rest) if tokens else None)

        limit = query.limit if isinstance(query.limit, int) else None
        return rows_of(None if limit == 0 else partial(fetch, "", limit), self._ahead)

    @endpoint("POST", "/events/count-by/{countable}", RetrySafety.READ)
    @keywords(EventCountQuery)
    async def count_by(self, countable: Countable | str, query: EventCountQuery) -> Rows[EventCount]:
        """Count events by day, by time, by what happened, or by resource (`POST /events/count-by/{countable}`).

        Args:
            countable: What to count by: a `Countable`.
            filter: A filter on the events.
            time_unit: The unit of the intervals, for counts by `time`. Default: `day`.
            time_interval: How many units an interval has, at least 0.01. Default: 1.

        Returns:
            A count for each value.

        Raises:
            UnprocessableEntity: There are too many intervals, or the server cannot count by this.
        """
        return await self._call(list[EventCount], countable=countable, body=query)
