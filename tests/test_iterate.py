"""Every `iterate`, with and without a page fetched ahead; and how much of it is in memory."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import aclosing, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import anyio
import pytest

import prefectkit
from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.endpoint import Resource
from prefectkit.core.http.messages import Request, Response
from prefectkit.errors import ConfigError, ResponseDecodeError
from prefectkit.models import LogCreate
from prefectkit.models.filters import EventFilter, LogFilter, LogFilterFlowRunId
from tests.described_responses import Maker, with_content
from tests.fakes import URL, AsyncFakeTransport, FakeTransport, response
from tests.iteration_memory import ROWS
from tests.resources.runs import when_free
from tests.surfaces import Awaited, Sent

GROUPS = sorted(
    name.rpartition(".")[0]
    for name in prefectkit.operations()
    if name.endswith(".list") and name.rpartition(".")[0] not in {"block_capabilities", "task_workers"}
)
"""The groups whose `list` gives one page of several."""
UNPAGED = {"deployments.schedules", "flow_run_states", "flow_runs.inputs", "observed_states", "task_run_states"}
"""Those whose `list` gives all there is."""
PAGED = [group for group in GROUPS if group not in UNPAGED]
PATIENCE = 10
ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def no_csrf_token(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would be a request of its own.
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


def resource(client: Any, group: str) -> Any:
    for part in group.split("."):
        client = getattr(client, part)
    return client


def iterate(client: Any, group: str) -> Any:
    """An iterator of a group, with its required arguments."""
    method = resource(client, group).iterate
    if group.startswith("work_pools."):
        return method("a pool")
    return method(filter=EventFilter()) if group == "events" else method()


class Pages:
    """Responds with two pages, of three rows and one; tells when the second is asked for."""

    def __init__(self, group: str) -> None:
        (case,) = [case for case in with_content() if case.name == f"{group}.list"]
        items = case.schema.get("items")
        self.rows = [Maker(Random(seed), full=True).make(items or {"$ref": EVENT}) for seed in range(4)]
        self.is_token = items is None
        self.asked = 0
        self.second = threading.Event()

    def __call__(self, request: Request) -> Response:
        self.asked += 1
        rows = self.rows[:3] if self.asked == 1 else self.rows[3:]
        if self.asked == 2:
            self.second.set()
        if self.is_token:
            further = f"{URL}/events/filter/next?page-token=abc" if self.asked == 1 else None
            return response({"events": rows, "total": 4, "next_page": further})
        return response(rows)


EVENT = "#/components/schemas/ReceivedEvent"


def test_every_group_that_has_pages_can_be_iterated() -> None:
    with Prefect(URL, transport=FakeTransport()) as client:
        iterable = {group for group in GROUPS if hasattr(resource(client, group), "iterate")}
        assert iterable == set(PAGED)
        assert isinstance(resource(client, PAGED[0]), Resource)
    assert len(PAGED) == 20


@pytest.mark.parametrize("group", PAGED)
def test_a_page_is_fetched_ahead_if_asked_for(group: str) -> None:
    plain = Pages(group)
    with Prefect(URL, transport=FakeTransport(plain)) as client, closing(iterate(client, group)) as rows:
        first = next(rows)
        assert plain.asked == 1
        expected = [first, *rows]
        assert len(expected) == 4
        assert plain.asked == 2
    ahead = Pages(group)
    with Prefect(URL, transport=FakeTransport(ahead)) as client:
        with closing(iterate(client.with_options(prefetch=True), group)) as rows:
            first = next(rows)
            assert ahead.second.wait(PATIENCE)
            assert [first, *rows] == expected
        assert ahead.asked == 2


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.parametrize("group", PAGED)
async def test_a_page_is_fetched_ahead_if_asked_for_in_a_loop(group: str) -> None:
    pages = Pages(group)
    async with AsyncPrefect(URL, transport=AsyncFakeTransport(pages)) as client:
        async with aclosing(iterate(client.with_options(prefetch=True), group)) as rows:
            first = await anext(rows)
            await anyio.wait_all_tasks_blocked()
            assert pages.asked == 2
            assert [first, *[row async for row in rows]]
        assert pages.asked == 2


class Repeated(Pages):
    """Responds each time with the first page."""

    def __call__(self, request: Request) -> Response:
        self.asked = 0
        return super().__call__(request)


@pytest.mark.parametrize("prefetch", [False, True])
@pytest.mark.parametrize("group", PAGED)
def test_a_page_that_repeats_for_ever_is_reported(group: str, prefetch: bool) -> None:
    with Prefect(URL, transport=FakeTransport(Repeated(group))) as client:
        rows = iterate(client.with_options(prefetch=prefetch), group)
        assert len([next(rows) for _ in range(3)]) == 3
        with pytest.raises(ResponseDecodeError, match="the same page of 3 rows again"):
            next(rows)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.parametrize("prefetch", [False, True])
async def test_a_page_that_repeats_for_ever_is_reported_in_a_loop(prefetch: bool) -> None:
    async with AsyncPrefect(URL, transport=AsyncFakeTransport(Repeated("flows"))) as client:
        with pytest.raises(ResponseDecodeError, match="the same page of 3 rows again"):
            [row async for row in client.with_options(prefetch=prefetch).flows.iterate()]


def test_prefetch_is_an_option_among_others() -> None:
    with Prefect(URL, transport=FakeTransport()) as client:
        ahead = client.with_options(prefetch=True)
        assert ahead.with_options(timeout=1)._engine.options.prefetch is True
        assert ahead.with_options(prefetch=False)._engine.options.prefetch is False
        assert client._engine.options.prefetch is False
        wrong: Any = 3
        with pytest.raises(ConfigError, match="prefetch must be True or False, got 3: one page is fetched ahead"):
            client.with_options(prefetch=wrong)


@pytest.mark.slow
@pytest.mark.parametrize("prefetch", [False, True])
@pytest.mark.parametrize("client", ["sync", "async"])
def test_memory_stays_flat(client: str, prefetch: bool) -> None:
    command = [sys.executable, "-m", "tests.iteration_memory", client, str(prefetch)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows, peak = map(int, done.stdout.split())
    assert rows == ROWS
    # All flows at once take 60 MiB, two pages of them half of one.
    assert peak < 2 << 20


@pytest.mark.anyio
async def test_over_the_real_server(client: Awaited, sent: Sent) -> None:
    run, start = uuid4(), datetime(2030, 1, 1, tzinfo=UTC)
    logs = [
        LogCreate(name="it", level=20, message=str(at), timestamp=start + timedelta(seconds=at), flow_run_id=run)
        for at in range(450)
    ]
    await when_free(client.logs.create, logs)
    ahead = Awaited(client.target.with_options(prefetch=True))
    query = {"logs": LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run])), "sort": "TIMESTAMP_ASC"}
    assert [log.message async for log in ahead.logs.iterate(**query)] == [str(at) for at in range(450)]
    assert [body["offset"] for _, target, body in sent.requests if target == "/logs/filter"] == [0, 200, 400]
    async with aclosing(ahead.logs.iterate(**query)) as rows:
        assert (await anext(rows)).message == "0"
    assert await client.health()
