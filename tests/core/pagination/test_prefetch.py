"""A page is fetched while the rows of the one before are used; and whatever is under way ends with the loop."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing, contextmanager
from contextvars import ContextVar
from typing import Any

import anyio
import anyio.lowlevel
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.concurrency.background import run_in_background
from prefectkit.core.io import AsyncIO, SyncIO, run
from prefectkit.core.pagination.pages import every_row
from tests.fakes import AsyncFakeTransport, FakeTransport

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")
PATIENCE = 10
SYNC, ASYNC = SyncIO(FakeTransport()), AsyncIO(AsyncFakeTransport())


class Query(msgspec.Struct, kw_only=True):
    limit: int | None = None
    offset: int = 0


class Server:
    """Has rows, and pages of 4; a gate may hold back all pages but the first."""

    def __init__(self, rows: int) -> None:
        self.rows = list(range(rows))
        self.asked: list[int] = []
        self.second = threading.Event()
        self.gate: Any = None
        self.ended: list[str] = []
        self.who: list[str] = []

    async def list(self, *, offset: int) -> list[int]:
        self.asked.append(offset)
        self.who.append(WHO.get())
        if offset:
            self.second.set()
            await self._hold()
        return self.rows[offset : offset + 4]

    async def _hold(self) -> None:
        if isinstance(self.gate, threading.Event):
            assert self.gate.wait(PATIENCE)
        elif isinstance(self.gate, BaseException):
            raise self.gate
        elif self.gate is not None:
            try:
                await self.gate.wait()
            except BaseException as error:
                self.ended.append(type(error).__name__)
                raise


def sync_rows(server: Server, **query: Any) -> Iterator[int]:
    rows = every_row(server.list, Query(**query), SYNC)
    try:
        while True:
            try:
                yield run(rows.__anext__())
            except StopAsyncIteration:
                return
    finally:
        run(rows.aclose())


def rows_of(server: Server, **query: Any) -> Any:
    return every_row(server.list, Query(**query), ASYNC)


@contextmanager
def nothing_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    # A thread has given its result a moment before it is gone.
    started = set(threading.enumerate()) - before
    for thread in started:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in started)


@given(rows=st.integers(0, 20), limit=st.none() | st.integers(-1, 25), offset=st.integers(0, 22))
def test_the_same_rows_by_the_same_requests(rows: int, limit: int | None, offset: int) -> None:
    server, other = Server(rows), Server(rows)
    assert [*sync_rows(server, limit=limit, offset=offset)] == server.rows[offset:][: limit if limit != -1 else 0]

    async def without() -> None:
        async for _ in every_row(other.list, Query(limit=limit, offset=offset)):
            pass

    run(without())
    assert server.asked == other.asked


@pytest.mark.anyio
async def test_the_same_rows_by_the_same_requests_in_a_loop() -> None:
    for rows, asked in [(0, [0]), (3, [0, 3]), (4, [0, 4]), (9, [0, 4, 8])]:
        server = Server(rows)
        assert [row async for row in rows_of(server)] == server.rows
        assert server.asked == asked
    server = Server(9)
    assert [row async for row in rows_of(server, limit=4)] == [0, 1, 2, 3]
    assert server.asked == [0]


def test_a_page_is_asked_for_while_the_one_before_is_used() -> None:
    server = Server(9)
    server.gate = threading.Event()
    with nothing_left(), closing(sync_rows(server)) as rows:
        assert next(rows) == 0
        assert server.second.wait(PATIENCE)
        assert [next(rows) for _ in range(3)] == [1, 2, 3]
        assert server.asked == [0, 4]
        server.gate.set()
        assert next(rows) == 4


@pytest.mark.anyio
async def test_a_page_is_asked_for_while_the_one_before_is_used_in_a_loop() -> None:
    server = Server(9)
    server.gate = anyio.Event()
    async with aclosing(rows_of(server)) as rows:
        assert await anext(rows) == 0
        await anyio.wait_all_tasks_blocked()
        assert server.asked == [0, 4]
        assert [await anext(rows) for _ in range(3)] == [1, 2, 3]
        server.gate.set()
        assert [row async for row in rows] == [4, 5, 6, 7, 8]
    assert server.asked == [0, 4, 8]


def test_the_context_of_the_caller_goes_along() -> None:
    server = Server(9)
    token = WHO.set("caller")
    try:
        assert len([*sync_rows(server)]) == 9
    finally:
        WHO.reset(token)
    assert server.who == ["caller"] * 3


@pytest.mark.anyio
async def test_the_context_of_the_caller_goes_along_in_a_loop() -> None:
    server = Server(9)
    token = WHO.set("caller")
    try:
        assert len([row async for row in rows_of(server)]) == 9
    finally:
        WHO.reset(token)
    assert server.who == ["caller"] * 3


def test_an_error_comes_after_the_rows_that_came_before_it() -> None:
    server = Server(9)
    server.gate = KeyError("page")
    seen: list[int] = []
    with nothing_left(), pytest.raises(KeyError, match="page"):
        seen.extend(sync_rows(server))
    with nothing_left(), pytest.raises(KeyError, match="page"):
        for row in sync_rows(server):
            seen.append(row)
    assert seen[-4:] == [0, 1, 2, 3]


@pytest.mark.anyio
async def test_an_error_comes_after_the_rows_that_came_before_it_in_a_loop() -> None:
    server = Server(9)
    server.gate = KeyError("page")
    seen: list[int] = []
    with pytest.raises(KeyError, match="page"):
        async for row in rows_of(server):
            seen.append(row)
    assert seen == [0, 1, 2, 3]


def test_an_error_that_nobody_comes_to_is_dropped() -> None:
    server = Server(9)
    server.gate = KeyError("page")
    with nothing_left(), closing(sync_rows(server)) as rows:
        assert next(rows) == 0


def test_leaving_early_waits_for_the_thread() -> None:
    server = Server(9)
    server.gate = threading.Event()
    with nothing_left(), closing(sync_rows(server)) as rows:
        assert next(rows) == 0
        assert server.second.wait(PATIENCE)
        threading.Timer(0.05, server.gate.set).start()
    assert server.gate.is_set()
    assert server.asked == [0, 4]


@pytest.mark.anyio
async def test_leaving_early_cancels_the_task() -> None:
    server = Server(9)
    server.gate = anyio.Event()
    async with aclosing(rows_of(server)) as rows:
        assert await anext(rows) == 0
        await anyio.wait_all_tasks_blocked()
    assert server.ended in (["CancelledError"], ["Cancelled"])


@pytest.mark.anyio
async def test_leaving_before_the_task_has_begun() -> None:
    server = Server(9)
    async with aclosing(rows_of(server)) as rows:
        assert await anext(rows) == 0
    await anyio.wait_all_tasks_blocked()
    assert server.asked in ([0], [0, 4])


@pytest.mark.anyio
async def test_a_caller_that_is_cancelled_while_it_waits_for_a_page_takes_the_task_along() -> None:
    server = Server(9)
    server.gate = anyio.Event()
    with anyio.CancelScope() as scope:
        async with aclosing(rows_of(server)) as rows:
            async for row in rows:
                if row == 3:
                    await anyio.wait_all_tasks_blocked()
                    scope.cancel()
    assert scope.cancelled_caught
    assert server.ended in (["CancelledError"], ["Cancelled"])


def test_a_loop_that_ends_takes_the_task_along() -> None:
    server = Server(9)

    async def main() -> Any:
        server.gate = anyio.Event()
        rows = rows_of(server)
        assert await anext(rows) == 0
        await anyio.wait_all_tasks_blocked()
        return rows

    for backend in ("asyncio", "trio"):
        anyio.run(main, backend=backend)
        gc.collect()
    assert server.ended == ["CancelledError", "Cancelled"]


def test_a_task_that_someone_else_cancels() -> None:
    async def main() -> None:
        task = run_in_background(ASYNC, anyio.sleep_forever)
        await anyio.lowlevel.checkpoint()
        for other in asyncio.all_tasks() - {asyncio.current_task()}:
            other.cancel()
        with pytest.raises(RuntimeError, match="cancelled from outside"):
            await task.result()

    asyncio.run(main())


@pytest.mark.anyio
async def test_a_task_that_will_not_end_is_left_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prefectkit.core.concurrency.background.CLOSING", 0.01)
    release = anyio.Event()

    async def stubborn() -> None:
        with anyio.CancelScope(shield=True):
            await release.wait()

    task = run_in_background(ASYNC, stubborn)
    await anyio.wait_all_tasks_blocked()
    await task.stop()
    release.set()
    await anyio.wait_all_tasks_blocked()


def test_pages_that_shift() -> None:
    """What counting by offset does when rows come or go before the place that was reached."""
    for change, seen in [
        (lambda rows: rows.insert(0, "new"), [0, 1, 2, 3, 3, 4, 5]),
        (lambda rows: rows.pop(0), [0, 1, 2, 3, 5]),
        (lambda rows: rows.append("new"), [0, 1, 2, 3, 4, 5, "new"]),
    ]:
        server = Server(6)

        async def collect(server: Server, change: Any) -> AsyncIterator[Any]:
            async for row in every_row(server.list, Query()):
                if row == 1:
                    change(server.rows)
                yield row

        async def all_of(rows: AsyncIterator[Any]) -> list[Any]:
            return [row async for row in rows]

        assert run(all_of(collect(server, change))) == seen
