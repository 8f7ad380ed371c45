"""Page through the events of a time range."""

import asyncio
from datetime import UTC, datetime, timedelta

from prefect import get_client
from prefect.events.filters import EventFilter, EventOccurredFilter


async def main() -> None:
    async with get_client() as client:
        now = datetime.now(UTC)
        lately = EventFilter(occurred=EventOccurredFilter(since=now - timedelta(days=2), until=now - timedelta(days=1)))
        first = await client.read_events(filter=lately, limit=5)
        print("in all:", first.total, "on this page:", len(first.events))
        print("a second page:", await first.get_next_page(client))
        pages, page = 0, first
        while page:
            for event in page.events:
                print(event.occurred, event.event)
            pages += 1
            page = await page.get_next_page(client)
        print("pages:", pages)


asyncio.run(main())
