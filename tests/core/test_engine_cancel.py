"""A call that is cancelled: nothing is sent again, and nothing is left open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest

from prefectkit.core.endpoint import Resource, streaming
from prefectkit.core.engine import Engine
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import AsyncIO, run
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetrySafety
from tests.core.calls import RESET, call, operation
from tests.fakes import URL, FakeTransport, async_root, engine_of, response

pytestmark = pytest.mark.anyio


class Waiting:
    """A transport that waits for a while, at the start, in the middle of a response, or when it is closed."""

    def __init__(self, respond: Callable[[], Response] | None = None) -> None:
        self.requests = 0
        self.respond = respond

    async def send(self, request: Request) -> Response:
        self.requests += 1
        while self.respond is None:
            await anyio.sleep_forever()
        return self.respond()

    async def aclose(self) -> None:
        await anyio.sleep(0)


class Pieces:
    """A body that never ends, and that takes its time to close."""

    def __init__(self, closing: float = 0.0) -> None:
        self.closing = closing
        self.closed = 0

    def __aiter__(self) -> Pieces:
        return self

    async def __anext__(self) -> bytes:
        await anyio.sleep(0)
        return b"x"

    async def aclose(self) -> None:
        self.closed += 1
        await anyio.sleep(self.closing)
        self.closed += 1


def engine(transport: Any, hooks: Hooks | None = None) -> Engine:
    return Engine(URL, AsyncIO(transport), hooks or Hooks(), Options())


@pytest.mark.parametrize("retry_safety", RetrySafety)
async def test_a_request_on_its_way_is_not_sent_again(retry_safety: RetrySafety) -> None:
    transport = Waiting()
    with anyio.move_on_after(0.01) as scope:
        await engine(transport).call(operation(retry_safety), Any, {})
    assert scope.cancelled_caught
    assert transport.requests == 1


async def test_a_call_that_waits_for_its_next_attempt_ends_at_once() -> None:
    transport, decided = Waiting(lambda: response(None, 503, {"retry-after": "50"})), list[float]()
    hooks = Hooks()
    with anyio.CancelScope() as scope:

        def decide(call: Any, error: Exception, delay: float) -> None:
            decided.append(delay)
            scope.cancel()

        hooks.retry_decided = (decide,)
        await engine(transport, hooks).call(operation(), Any, {})
    assert scope.cancelled_caught
    assert (transport.requests, len(decided)) == (1, 1)


async def test_a_call_that_was_cancelled_before_is_not_sent_again() -> None:
    transport = Waiting(lambda: Response(503))
    with anyio.CancelScope() as scope:
        scope.cancel()
        await engine(transport).call(operation(RetrySafety.KEYED), Any, {})
    assert scope.cancelled_caught
    assert transport.requests == 1


async def test_the_refusal_of_a_stream_is_closed_when_its_reader_is_cancelled() -> None:
    class Hanging(Pieces):
        async def __anext__(self) -> bytes:
            await anyio.sleep_forever()
            return b""

    pieces = Hanging()
    stream = engine(Waiting(lambda: Response(500, {}, chunks=pieces))).stream(operation(), {})
    with anyio.move_on_after(0.01) as scope:
        await anext(stream)
    assert scope.cancelled_caught
    assert pieces.closed == 2
    await stream.aclose()


@pytest.mark.parametrize(("closing", "closed"), [(0.0, 2), (0.05, 2), (30.0, 1)])
async def test_a_stream_is_closed_when_its_reader_is_cancelled_and_not_waited_for_long(
    closing: float, closed: int
) -> None:
    pieces = Pieces(closing)

    class Logs(Resource[Any]):
        group = "logs"

        @streaming("GET", "/logs")
        def download(self) -> Any:
            """Download."""
            return self._chunks()

    logs: Any = Logs(async_root(engine(Waiting(lambda: Response(200, {}, chunks=pieces)))))
    with anyio.CancelScope() as scope:
        stream = logs.download()
        try:
            async for _ in stream:
                scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await stream.aclose()
    assert scope.cancelled_caught
    assert pieces.closed == closed


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), GeneratorExit()])
def test_a_sync_call_that_is_interrupted_is_not_sent_again(error: BaseException) -> None:
    transport = FakeTransport(RESET, error, response("ok"))
    with pytest.raises(type(error)):
        call(engine_of(transport), RetrySafety.KEYED)
    assert len(transport.requests) == 2


def test_a_sync_sleep_that_is_interrupted_ends_the_call() -> None:
    transport = FakeTransport(RESET, response("ok"))
    hurried = engine_of(transport)

    async def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    hurried.io.clock.sleep = interrupted
    with pytest.raises(KeyboardInterrupt):
        run(hurried.call(operation(), Any, {}))
    assert len(transport.requests) == 1
