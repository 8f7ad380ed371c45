"""A bulk that is left half way, for whatever reason: what is under way ends, and nothing further is sent."""

from __future__ import annotations

import asyncio
import itertools
import threading
from contextlib import aclosing, closing
from typing import Any

import anyio
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import ConfigError, ConnectError
from prefectkit.core.http.messages import Request, Response
from tests.fakes import URL, AsyncFakeTransport, Clock, ClockedIO, FakeTransport, response
from tests.test_bulk import IDS, PATIENCE, no_thread_left


@pytest.fixture(autouse=True)
def no_csrf_token(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would be a request of its own.
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Slow:
    """Ends for item 0 when another is under way, and for the others when it is let go."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.joined = threading.Event()
        self.gate = threading.Event()

    def __call__(self, number: int) -> None:
        self.begun.append(number)
        if number:
            self.joined.set()
        assert (self.gate if number else self.joined).wait(PATIENCE)
        self.ended.append(number)

    def release_soon(self) -> None:
        threading.Timer(0.05, self.gate.set).start()


def test_leaving_the_loop_waits_for_calls_in_flight() -> None:
    call = Slow()
    with no_thread_left(), Prefect(URL, transport=FakeTransport()) as client:
        for outcome in client.bulk(call, itertools.count(), in_flight=3):
            assert outcome.index == 0
            call.release_soon()
            break
    assert call.gate.is_set()
    assert 0 in call.ended
    assert sorted(call.begun) == sorted(call.ended)
    assert len(call.begun) <= 4


@pytest.mark.parametrize("end", [KeyboardInterrupt, RuntimeError])
def test_whatever_ends_the_caller_ends_the_calls(end: type[BaseException]) -> None:
    call = Slow()

    def progress(*_: object) -> None:
        call.release_soon()
        raise end

    with no_thread_left(), Prefect(URL, transport=FakeTransport()) as client, pytest.raises(end):
        client.bulk(call, itertools.count(), in_flight=3, progress=progress).results()
    assert sorted(call.begun) == sorted(call.ended)


def test_leaving_the_loop_cancels_pending_retries() -> None:
    waiting, left = threading.Event(), threading.Event()

    class Pause(Clock):
        async def sleep(self, seconds: float) -> None:
            waiting.set()
            assert left.wait(PATIENCE)

    def reply(request: Request) -> Response:
        if request.target.endswith(str(IDS[1])):
            raise ConnectError("down")
        assert waiting.wait(PATIENCE)
        return response(None)

    transport = FakeTransport(reply)
    with no_thread_left(), Prefect(URL, transport=transport) as client:
        clocked: Any = ClockedIO(client._engine.io, Pause())
        client._engine.io = clocked
        for outcome in client.bulk(client.flows.delete, IDS[:2]):
            assert outcome.error is None
            threading.Timer(0.05, left.set).start()
            break
    assert sorted(transport.sent) == [f"DELETE /flows/{id}" for id in IDS[:2]]


def test_a_bulk_can_be_closed() -> None:
    with no_thread_left(), Prefect(URL, transport=FakeTransport(response(None))) as client:
        with closing(client.bulk(client.flows.delete, itertools.repeat(IDS[0]))) as bulk:
            assert next(bulk).error is None
        assert list(bulk) == []
        with pytest.raises(ConfigError, match="or it was closed"):
            bulk.results()


@pytest.mark.anyio
async def test_leaving_the_async_loop_cancels_calls_in_flight() -> None:
    begun: list[int] = []
    ended: list[str] = []

    async def call(number: int) -> None:
        begun.append(number)
        try:
            if number:
                await anyio.sleep_forever()
        except BaseException as error:
            ended.append(type(error).__name__)
            raise

    async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client:
        async with aclosing(client.bulk(call, itertools.count(), in_flight=3)) as bulk:
            assert (await anext(bulk)).index == 0
            await anyio.wait_all_tasks_blocked()
        assert len(ended) == len(begun) - 1 <= 3
        assert set(ended) <= {"CancelledError", "Cancelled"}
        begun.clear()
        with anyio.CancelScope() as scope:

            async def cancel(number: int) -> None:
                scope.cancel()
                await call(number + 1)

            await client.bulk(cancel, itertools.count(), in_flight=3).results()
        assert scope.cancelled_caught
        await anyio.wait_all_tasks_blocked()
        assert len(ended) >= len(begun)


@pytest.mark.anyio
async def test_results_can_be_read_once() -> None:
    with Prefect(URL, transport=FakeTransport()) as client:
        bulk = client.bulk(str, range(3))
        assert next(bulk).result() == "0"
        assert bulk.results() == ["1", "2"]
        with pytest.raises(ConfigError, match="has made its calls, and its outcomes were taken"):
            bulk.results()
        looped = client.bulk(str, ())
        assert list(looped) == []
        with pytest.raises(ConfigError, match="collect the outcomes in the loop"):
            looped.results()
    async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client:
        awaited = client.bulk(_echo, range(3))
        assert await awaited.results() == [0, 1, 2]
        with pytest.raises(ConfigError, match="has made its calls"):
            await awaited.results()


async def _echo(number: int) -> int:
    return number


@pytest.mark.anyio
@pytest.mark.parametrize("items", [5, None, str(IDS[0]), b"ab", object()], ids=lambda items: type(items).__name__)
async def test_items_are_an_iterable_and_no_text(items: Any) -> None:
    with Prefect(URL, transport=FakeTransport()) as client:
        with pytest.raises(ConfigError, match="bulk takes a list, or another iterable, of one item for each call, got"):
            client.bulk(client.flows.read, items)
    async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client:
        with pytest.raises(ConfigError, match="bulk takes a list"):
            client.bulk(client.flows.read, items)


def test_awaiting_a_cancelled_task_fails_only_that_call() -> None:
    """On asyncio; on trio, only a cancel scope raises `Cancelled`."""

    async def call(number: int) -> int:
        if number == 1:
            raise asyncio.CancelledError
        return number

    async def main() -> list[Any]:
        async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client:
            return [outcome async for outcome in client.bulk(call, range(3))]

    outcomes = asyncio.run(main())
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert str(outcomes[1].error) == "the call was cancelled, and the bulk was not"


def test_an_unused_bulk_warns() -> None:
    with Prefect(URL, transport=FakeTransport()) as client:
        with pytest.warns(RuntimeWarning, match="nothing was sent: loop over it with `for`, or call its results"):
            client.bulk(client.flows.delete, IDS)
    made = AsyncPrefect(URL, transport=AsyncFakeTransport())
    with pytest.warns(RuntimeWarning, match="nothing was sent"):
        made.bulk(made.flows.delete, IDS)
