"""Fakes: a transport that follows a script, and a clock that never waits."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import msgspec

from prefectkit.core.endpoint import Async, Resource, Sync
from prefectkit.core.engine import Engine
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import IO, AsyncIO, SyncIO
from prefectkit.core.options import Options

URL = "http://prefect.test/api"

Scripted: TypeAlias = Response | BaseException | Callable[[Request], Response]


class _Script:
    """Gives one response after the other and keeps what was asked; the last response is given for ever."""

    def __init__(self, *responses: Scripted) -> None:
        self.responses = list(responses) or [response(None)]
        self.requests: list[Request] = []
        self.closed = 0

    def next(self, request: Request) -> Response:
        # A copy, as the engine goes on to change the headers of its own.
        self.requests.append(request.copy())
        given = self.responses.pop(0) if len(self.responses) > 1 else self.responses[0]
        if isinstance(given, BaseException):
            raise given
        return given(request) if callable(given) else given

    @property
    def last(self) -> Request:
        return self.requests[-1]

    @property
    def sent(self) -> list[str]:
        """Method and target of each request."""
        return [f"{request.method} {request.target}" for request in self.requests]


class FakeTransport(_Script):
    """For a sync client: `FakeTransport(response({...}), ConnectError("down"), lambda request: ...)`."""

    def send(self, request: Request) -> Response:
        return self.next(request)

    def close(self) -> None:
        self.closed += 1


class AsyncFakeTransport(_Script):
    """The same for an async client."""

    async def send(self, request: Request) -> Response:
        return self.next(request)

    async def aclose(self) -> None:
        self.closed += 1


def response(body: object = None, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response with JSON, or with the bytes that are given."""
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return Response(status, {"content-type": "application/json", **(headers or {})}, data)


class Clock:
    """Stands still but for what is slept, and what a test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now


class ClockedIO:
    """An IO with the waiting taken out."""

    def __init__(self, real: IO, clock: Clock) -> None:
        self.real = real
        self.sync = real.sync
        self.clock = clock

    @property
    def closed(self) -> bool:
        return self.real.closed

    def send(self, request: Request) -> Awaitable[Response]:
        return self.real.send(request)

    def chunks(self, response: Response) -> AsyncGenerator[bytes]:
        return self.real.chunks(response)

    def sleep(self, seconds: float) -> Awaitable[None]:
        return self.clock.sleep(seconds)

    def monotonic(self) -> float:
        return self.clock.monotonic()

    def lock(self, owner: object, seconds: float) -> AbstractAsyncContextManager[Any]:
        return self.real.lock(owner, seconds)

    async def close(self) -> None:
        await self.real.close()


def engine_of(
    transport: Any, *, hooks: Hooks | None = None, options: Options | None = None, clock: Clock | None = None
) -> Any:
    """An engine over a fake transport, with a fake clock and jitter that is always the most it may be."""
    real = SyncIO(transport) if hasattr(transport, "close") else AsyncIO(transport)
    io: Any = ClockedIO(real, clock or Clock())
    engine = Engine(URL, io, hooks or Hooks(), options or Options())
    engine._random = lambda low, high: high
    return engine


class Root(Resource[Any]):
    """What a resource hangs on, where no client is needed."""

    def __init__(self, engine: Engine, *, sync: bool) -> None:
        self._engine = engine
        self._sync = sync


def sync_root(engine: Engine) -> Resource[Sync]:
    return Root(engine, sync=True)


def async_root(engine: Engine) -> Resource[Async]:
    return Root(engine, sync=False)


class Chunks:
    """A streamed body, for either kind of client: it notes that it was closed, and may break off."""

    def __init__(self, pieces: Iterable[bytes], fault: Exception | None = None) -> None:
        self._pieces = list(pieces)
        self._fault = fault
        self.closed = 0

    def __iter__(self) -> Chunks:
        return self

    def __aiter__(self) -> Chunks:
        return self

    def __next__(self) -> bytes:
        if self._pieces:
            return self._pieces.pop(0)
        raise self._fault or StopIteration

    async def __anext__(self) -> bytes:
        if self._pieces:
            return self._pieces.pop(0)
        raise self._fault or StopAsyncIteration

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1
