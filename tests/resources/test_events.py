from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from prefectkit import Prefect
from prefectkit.errors import Forbidden, UnprocessableEntity
from prefectkit.models import Event
from prefectkit.models.filters import (
    EventFilter,
    EventNameFilter,
    EventOccurredFilter,
    EventOrder,
    EventResourceFilter,
)
from tests.real_server import RealServer
from tests.resources.stored import slug, stored_events
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


def about(resource: str, **criteria: object) -> EventFilter:
    return EventFilter(resource=EventResourceFilter(id=[resource]), order=EventOrder.ASC, **criteria)


async def create(client: Awaited, server: RealServer, *events: Event) -> None:
    """Send events, and wait until they are stored."""
    assert await client.events.create(list(events)) is None
    with Prefect(server.url) as plain:
        stored_events(plain)


async def test_create(client: Awaited, server: RealServer, sent: Sent) -> None:
    id, start = slug(), datetime.now(UTC) - timedelta(hours=1)
    first = Event(event="order.placed", resource={"prefect.resource.id": id, "colour": "red"}, occurred=start)
    second = Event(
        event="order.paid",
        resource={"prefect.resource.id": id},
        related=[{"prefect.resource.id": "customer.1", "prefect.resource.role": "customer"}],
        payload={"amount": 1.5, "☃": None},
        occurred=start + timedelta(seconds=1),
        follows=first.id,
    )
    await create(client, server, first, second, first)
    assert sent.requests[0][:2] == ("POST", "/events")
    assert [it["id"] for it in sent.requests[0][2]] == [str(first.id), str(second.id), str(first.id)]

    page = await client.events.list(filter=about(id))
    assert (page.total, page.next_page, [it.id for it in page.events]) == (2, None, [first.id, second.id])
    read = page.events[1]
    assert (read.event, read.payload, read.follows) == ("order.paid", {"amount": 1.5, "☃": None}, first.id)
    assert (read.related, read.occurred) == (second.related, second.occurred)
    assert read.received is not None
    paid = await client.events.list(filter=about(id, event=EventNameFilter(name=["order.paid"])), limit=1)
    assert [it.id for it in paid.events] == [second.id]


async def test_pages(client: Awaited, server: RealServer, sent: Sent) -> None:
    id, start = slug(), datetime.now(UTC) - timedelta(hours=1)
    events = [
        Event(event=f"n.{n}", resource={"prefect.resource.id": id}, occurred=start + timedelta(seconds=n))
        for n in range(60)
    ]
    await create(client, server, *events)
    sent.requests.clear()
    seen = [it.id async for it in client.events.iterate(filter=about(id))]
    assert seen == [event.id for event in events]
    assert [target.partition("?")[0] for _, target, _ in sent.requests] == ["/events/filter", "/events/filter/next"]

    for limit, pages in ((0, 0), (5, 1), (50, 1), (51, 2), (60, 2), (200, 2)):
        sent.requests.clear()
        seen = [it.id async for it in client.events.iterate(filter=about(id), limit=limit)]
        assert seen == [event.id for event in events[:limit]]
        assert len(sent.requests) == pages

    page = await client.events.list(filter=about(id), limit=25)
    assert (len(page.events), page.total) == (25, 60)
    assert page.next_page is not None
    (token,) = parse_qs(urlsplit(page.next_page).query)["page-token"]
    further = await client.events.read_page(token)
    assert [it.event for it in further.events][:2] == ["n.25", "n.26"]
    with pytest.raises(Forbidden):
        await client.events.read_page("bm8gdG9rZW4=")
    with pytest.raises(UnprocessableEntity):
        await client.events.list(limit=51)


async def test_count_by(client: Awaited, server: RealServer, sent: Sent) -> None:
    id, start = slug(), datetime(2026, 1, 2, 3, tzinfo=UTC)
    await create(
        client,
        server,
        *(
            Event(event=name, resource={"prefect.resource.id": id}, occurred=start + timedelta(hours=hours))
            for name, hours in (("a", 0), ("a", 1), ("b", 2))
        ),
    )
    window = EventOccurredFilter(since=start, until=start + timedelta(hours=3))
    these = about(id, occurred=window)
    by_event = await client.events.count_by("event", filter=these)
    assert {it.value: it.count for it in by_event} == {"a": 2, "b": 1}
    by_time = await client.events.count_by("time", filter=these, time_unit="hour", time_interval=1)
    method, target, body = sent.last
    assert (method, target) == ("POST", "/events/count-by/time")
    assert (body["time_unit"], body["time_interval"]) == ("hour", 1)
    assert sum(it.count for it in by_time) == 3 and max(it.count for it in by_time) == 1
    assert [(it.value, it.count) for it in await client.events.count_by("resource", filter=these)] == [(id, 3)]
    with pytest.raises(UnprocessableEntity):
        await client.events.count_by("weight", filter=these)


async def test_refusals(client: Awaited) -> None:
    with pytest.raises(UnprocessableEntity, match="resource"):
        await client.events.create([Event(event="a", resource={"no": "id"})])
    assert (await client.events.list(filter=about(str(uuid4())))).events == []
