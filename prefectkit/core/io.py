"""The I/O of the engine, without and with an event loop: transport, clock, sleep and locks.

The engine consists of coroutines. On a sync client none of them suspends, since the I/O blocks inside the call. So a
single step runs a coroutine to its end: `run`.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine, Generator, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar, cast

import anyio

from prefectkit.core.concurrency.locks import LoopLockContext, ThreadLock, ThreadLockContext
from prefectkit.core.concurrency.loop_local import LoopLocal, ProcessLocal
from prefectkit.core.concurrency.wait_limits import LONGEST_WAIT
from prefectkit.core.errors import ClientClosedError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.transport import AsyncTransport, Transport

T = TypeVar("T")


class IO(Protocol):
    """What the engine requires."""

    sync: bool
    closed: bool

    async def send(self, request: Request) -> Response: ...

    def chunks(self, response: Response) -> AsyncGenerator[bytes]: ...

    async def sleep(self, seconds: float) -> None: ...

    def monotonic(self) -> float: ...

    def lock(self, owner: object, seconds: float) -> AbstractAsyncContextManager[Any]: ...

    async def close(self) -> None: ...


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    raise RuntimeError("a sync client was made to wait for an event loop: a transport or a plugin awaited something")


def iterate_blocking(generator: AsyncGenerator[T]) -> Generator[T]:
    """Iterate over an async generator that never suspends."""
    try:
        while True:
            try:
                yield run(generator.__anext__())
            except StopAsyncIteration:
                return
    finally:
        run(generator.aclose())


class SyncIO:
    """I/O that blocks the calling thread."""

    sync = True

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.closed = False
        # Per process: a forked child does not have the thread that holds the lock.
        self._locks = ProcessLocal(dict[int, ThreadLock])

    async def send(self, request: Request) -> Response:
        if self.closed:
            raise closed_error()
        return self.transport.send(request)

    async def chunks(self, response: Response) -> AsyncGenerator[bytes]:
        if response.chunks is None:
            yield response.body
            return
        pieces = cast(Iterator[bytes], response.chunks)
        try:
            for piece in pieces:
                yield piece
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    async def sleep(self, seconds: float) -> None:
        if not _is_playback(self.transport):
            time.sleep(min(seconds, LONGEST_WAIT))

    def monotonic(self) -> float:
        return time.monotonic()

    def lock(self, owner: object, seconds: float) -> AbstractAsyncContextManager[Any]:
        return ThreadLockContext(self._locks.get().setdefault(id(owner), ThreadLock()), seconds)

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.transport.close()


class AsyncIO:
    """I/O that waits in the event loop, asyncio's or trio's."""

    sync = False

    def __init__(self, transport: AsyncTransport) -> None:
        self.transport = transport
        self.closed = False
        # A lock belongs to one event loop, and a client may be used in several.
        self._locks = LoopLocal(dict[int, anyio.Lock])

    async def send(self, request: Request) -> Response:
        if self.closed:
            raise closed_error()
        return await self.transport.send(request)

    async def chunks(self, response: Response) -> AsyncGenerator[bytes]:
        if response.chunks is None:
            yield response.body
            return
        pieces = cast(AsyncIterator[bytes], response.chunks)
        try:
            async for piece in pieces:
                yield piece
        finally:
            aclose = getattr(pieces, "aclose", None)
            if aclose is not None:
                with anyio.CancelScope(shield=True), anyio.move_on_after(1):
                    await aclose()

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(0 if _is_playback(self.transport) else seconds)

    def monotonic(self) -> float:
        return time.monotonic()

    def lock(self, owner: object, seconds: float) -> AbstractAsyncContextManager[Any]:
        return LoopLockContext(self._locks.get_or_make().setdefault(id(owner), anyio.Lock()), seconds)

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            with anyio.CancelScope(shield=True), anyio.move_on_after(10):
                await self.transport.aclose()


def _is_playback(transport: Transport | AsyncTransport) -> bool:
    """Whether every response is a recorded one, so that pauses are skipped."""
    return bool(getattr(transport, "is_playback", False))


def closed_error() -> ClientClosedError:
    """The error of a call on a closed client."""
    return ClientClosedError("the client is closed: make a new one, or call it inside its `with` block")
