"""The engine's side of the world, with and without an event loop."""

from __future__ import annotations

import time
import types
from collections.abc import Generator
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from prefectkit.core.errors import ClientClosedError, IncompleteResponse
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import AsyncIO, SyncIO, run
from tests.fakes import URL, AsyncFakeTransport, Chunks, FakeTransport, response

REQUEST = Request("GET", URL, "/health")


@types.coroutine
def suspending() -> Generator[str, None, None]:
    yield "to an event loop that is not there"


def test_run_gives_the_result_of_a_coroutine_that_never_suspends() -> None:
    async def inner() -> int:
        return 42

    async def outer() -> int:
        return await inner() + 1

    assert run(outer()) == 43


def test_run_lets_errors_through() -> None:
    async def failing() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        run(failing())


def test_run_refuses_a_coroutine_that_suspends_and_closes_it() -> None:
    closed: list[bool] = []

    async def waiting() -> None:
        try:
            await suspending()
        finally:
            closed.append(True)

    with pytest.raises(RuntimeError, match="made to wait for an event loop: a transport or a plugin awaited"):
        run(waiting())
    assert closed == [True]


def test_sync_io_sends_until_it_is_closed() -> None:
    transport = FakeTransport(response(True))
    io = SyncIO(transport)
    assert io.sync
    assert run(io.send(REQUEST)).body == b"true"
    run(io.close())
    run(io.close())
    assert io.closed
    assert transport.closed == 1
    with pytest.raises(ClientClosedError, match="make a new one"):
        run(io.send(REQUEST))
    assert transport.sent == ["GET /health"]


@pytest.mark.anyio
async def test_async_io_sends_until_it_is_closed() -> None:
    transport = AsyncFakeTransport(response(True))
    io = AsyncIO(transport)
    assert not io.sync
    assert (await io.send(REQUEST)).body == b"true"
    await io.close()
    await io.close()
    assert io.closed
    assert transport.closed == 1
    with pytest.raises(ClientClosedError, match="make a new one"):
        await io.send(REQUEST)


@pytest.mark.anyio
async def test_closing_continues_when_it_is_cancelled() -> None:
    class Slow(AsyncFakeTransport):
        async def aclose(self) -> None:
            await anyio.lowlevel.checkpoint()
            await super().aclose()

    transport = Slow()
    with anyio.CancelScope() as scope:
        scope.cancel()
        await AsyncIO(transport).close()
    assert transport.closed == 1


def test_both_sleep_and_read_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(time, "monotonic", lambda: 7.0)
    io = SyncIO(FakeTransport())
    run(io.sleep(1.5))
    assert slept == [1.5]
    assert io.monotonic() == AsyncIO(AsyncFakeTransport()).monotonic() == 7.0


@pytest.mark.anyio
async def test_an_async_sleep_is_the_event_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(anyio, "sleep", sleep)
    await AsyncIO(AsyncFakeTransport()).sleep(1.5)
    assert slept == [1.5]


@pytest.mark.parametrize(("alone", "slept"), [(True, []), (False, [1.5])])
def test_where_every_response_is_recorded_nothing_is_slept(
    alone: bool, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeps: list[float] = []
    monkeypatch.setattr(time, "sleep", sleeps.append)
    transport: Any = FakeTransport()
    transport.is_playback = alone
    run(SyncIO(transport).sleep(1.5))
    assert sleeps == slept


@pytest.mark.anyio
async def test_an_async_sleep_of_a_replay_still_lets_others_run(monkeypatch: pytest.MonkeyPatch) -> None:
    transport: Any = AsyncFakeTransport()
    transport.is_playback = True
    with anyio.CancelScope() as scope:
        scope.cancel()
        await AsyncIO(transport).sleep(3600)
    assert scope.cancelled_caught
    await AsyncIO(transport).sleep(3600)


async def collect(chunks: Any) -> list[bytes]:
    return [chunk async for chunk in chunks]


def test_a_whole_body_is_one_chunk() -> None:
    response = Response(200, {}, b"abc")
    assert run(collect(SyncIO(FakeTransport()).chunks(response))) == [b"abc"]
    assert run(collect(AsyncIO(AsyncFakeTransport()).chunks(response))) == [b"abc"]


@pytest.mark.parametrize("fault", [None, IncompleteResponse("cut")])
def test_sync_chunks_are_closed_however_they_end(fault: Exception | None) -> None:
    body = Chunks([b"a", b"b"], fault)
    chunks = SyncIO(FakeTransport()).chunks(Response(200, chunks=body))
    if fault is None:
        assert run(collect(chunks)) == [b"a", b"b"]
    else:
        with pytest.raises(IncompleteResponse):
            run(collect(chunks))
    assert body.closed == 1


def test_sync_chunks_are_closed_half_way() -> None:
    body = Chunks([b"a", b"b"])
    chunks = SyncIO(FakeTransport()).chunks(Response(200, chunks=body))
    assert run(chunks.__anext__()) == b"a"
    run(chunks.aclose())
    assert body.closed == 1


def test_sync_chunks_need_nothing_to_close() -> None:
    chunks = SyncIO(FakeTransport()).chunks(Response(200, chunks=iter([b"a"])))
    assert run(collect(chunks)) == [b"a"]


@pytest.mark.anyio
async def test_async_chunks_are_closed_half_way() -> None:
    body = Chunks([b"a", b"b"])
    chunks = AsyncIO(AsyncFakeTransport()).chunks(Response(200, chunks=body))
    assert await chunks.__anext__() == b"a"
    await chunks.aclose()
    assert body.closed == 1


@pytest.mark.anyio
async def test_async_chunks_are_closed_when_the_reader_is_cancelled() -> None:
    class Endless(Chunks):
        async def __anext__(self) -> bytes:
            await anyio.sleep_forever()
            raise AssertionError

        async def aclose(self) -> None:
            await anyio.lowlevel.checkpoint()
            self.closed += 1

    body = Endless([])
    with anyio.CancelScope() as scope:
        scope.cancel()
        await collect(AsyncIO(AsyncFakeTransport()).chunks(Response(200, chunks=body)))
    assert body.closed == 1


@pytest.mark.anyio
async def test_async_chunks_need_nothing_to_close() -> None:
    class Bare:
        def __init__(self) -> None:
            self.left = [b"a"]

        def __aiter__(self) -> Bare:
            return self

        async def __anext__(self) -> bytes:
            if not self.left:
                raise StopAsyncIteration
            return self.left.pop()

    assert await collect(AsyncIO(AsyncFakeTransport()).chunks(Response(200, chunks=Bare()))) == [b"a"]
