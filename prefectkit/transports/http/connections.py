"""The connections of a client, each of them for one request at a time.

httpcore's own pool shares its connections by rules that break under load: with more threads than connections it closes
some that are in use, and a task that is cancelled at the wrong moment takes a connection with it for good
(httpcore#1093). A pool of one connection, with one owner at a time, has neither fault. So there are many such pools,
with the queue before them, and one that does not come back idle is thrown away.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar, cast

import anyio
import httpcore
import httpx

from prefectkit.transports.http.patience import Patience
from prefectkit.transports.wire.settings import FAILED

CLOSING = 1.0
"""Seconds that closing may take, although it has nothing to wait for."""


class Seat(httpx.HTTPTransport):
    """httpx over a pool of our making.

    httpx's own constructor takes no network backend, and builds a TLS context even for http://.
    """

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def connections(self) -> Sequence[httpcore.ConnectionInterface]:
        return self._pool.connections


class AsyncSeat(httpx.AsyncHTTPTransport):
    """See `Seat`."""

    def __init__(self, pool: httpcore.AsyncConnectionPool) -> None:
        self._pool = pool

    def connections(self) -> Sequence[httpcore.AsyncConnectionInterface]:
        return self._pool.connections


S = TypeVar("S", Seat, AsyncSeat)


class Idle(Generic[S]):
    """The seats that nobody uses, the last used on top."""

    def __init__(self, make: Callable[[], S], most: int | None) -> None:
        self._make: Callable[[], S] = make
        self._most = math.inf if most is None else most
        self._seats: deque[S] = deque()
        self._lock = threading.Lock()

    def take(self) -> S:
        """The seat to use: one with a connection if there is any."""
        with self._lock:
            return self._seats.pop() if self._seats else self._make()

    def give(self, seat: S, status: int) -> list[S]:
        """Take a seat back. Returns those to close: broken, about to be, too old, or one too many."""
        idle = any(_is_clean(connection) for connection in seat.connections())
        if not idle or status >= FAILED:
            return [seat]
        leaving: list[S] = []
        with self._lock:
            if self._seats and any(connection.has_expired() for connection in self._seats[0].connections()):
                leaving.append(self._seats.popleft())
            self._seats.append(seat)
            if len(self._seats) > self._most:
                leaving.append(self._seats.popleft())
        return leaving

    def close(self) -> list[S]:
        """Keep none from now on. Returns those to close."""
        with self._lock:
            self._most = 0
            seats = list(self._seats)
            self._seats.clear()
            return seats


def _is_clean(connection: httpcore.ConnectionInterface | httpcore.AsyncConnectionInterface) -> bool:
    """Whether a connection waits for a request, and nothing came that belongs to none."""
    if not connection.is_idle() or connection.is_closed():
        return False
    # httpcore does not look, and h11 would take what is left for the answer to the next request.
    state: Any = getattr(getattr(connection, "_connection", None), "_h11_state", None)
    return state is None or not state.trailing_data[0]


class Connections(httpx.BaseTransport):
    """What a sync httpx client sends through.

    Args:
        make: Makes a pool of one connection.
        limits: How many may be in use, and how many idle.
    """

    def __init__(self, make: Callable[[], httpcore.ConnectionPool], limits: httpx.Limits) -> None:
        self._idle = Idle(lambda: Seat(make()), limits.max_keepalive_connections)
        self._most = limits.max_connections
        self._free = None if self._most is None else threading.Semaphore(self._most)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._wait(request)
        seat = self._idle.take()
        try:
            response = seat.handle_request(request)
        except BaseException:
            self._release(seat, FAILED)
            raise
        status = response.status_code
        if response.is_closed:
            # A test double's answer comes whole, and is not closed again.
            self._release(seat, status)
        else:
            response.stream = _Held(cast(httpx.SyncByteStream, response.stream), lambda: self._release(seat, status))
        return response

    def close(self) -> None:
        for seat in self._idle.close():
            seat.close()

    def _wait(self, request: httpx.Request) -> None:
        if self._free is None or self._free.acquire(blocking=False):
            return
        timeout = _pool_timeout(request)
        _note(timeout, self._most)
        # An earlier hop of a redirect or of an auth flow took its part of the time.
        left = max(0.0, timeout.left()) if isinstance(timeout, Patience) else timeout
        if not self._free.acquire(timeout=left):
            raise httpx.PoolTimeout("every connection is in use")
        _note(timeout, None)

    def _release(self, seat: Seat, status: int) -> None:
        try:
            for leaving in self._idle.give(seat, status):
                leaving.close()
        finally:
            if self._free is not None:
                self._free.release()


class AsyncConnections(httpx.AsyncBaseTransport):
    """What an async httpx client sends through, in one event loop: see `Connections`."""

    def __init__(self, make: Callable[[], httpcore.AsyncConnectionPool], limits: httpx.Limits) -> None:
        self._idle = Idle(lambda: AsyncSeat(make()), limits.max_keepalive_connections)
        self._most = limits.max_connections
        self._free = None if self._most is None else anyio.Semaphore(self._most)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._wait(request)
        seat = self._idle.take()
        try:
            response = await seat.handle_async_request(request)
        except BaseException:
            await self._release(seat, FAILED)
            raise
        status = response.status_code
        if response.is_closed:
            await self._release(seat, status)
        else:
            response.stream = _AsyncHeld(
                cast(httpx.AsyncByteStream, response.stream), lambda: self._release(seat, status)
            )
        return response

    async def aclose(self) -> None:
        for seat in self._idle.close():
            await seat.aclose()

    async def _wait(self, request: httpx.Request) -> None:
        if self._free is None:
            return
        try:
            self._free.acquire_nowait()
        except anyio.WouldBlock:
            timeout = _pool_timeout(request)
            _note(timeout, self._most)
            try:
                with anyio.fail_after(timeout):
                    await self._free.acquire()
            except TimeoutError:
                raise httpx.PoolTimeout("every connection is in use") from None
            _note(timeout, None)

    async def _release(self, seat: AsyncSeat, status: int) -> None:
        try:
            leaving = self._idle.give(seat, status)
            if leaving:
                with anyio.move_on_after(CLOSING, shield=True):
                    for left in leaving:
                        await left.aclose()
        finally:
            if self._free is not None:
                self._free.release()


class _Held(httpx.SyncByteStream):
    """A body that gives its seat back when it is closed."""

    def __init__(self, inner: httpx.SyncByteStream, release: Callable[[], None]) -> None:
        self._inner = inner
        self._release: Callable[[], None] | None = release

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._inner)

    def close(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            try:
                self._inner.close()
            finally:
                release()


class _AsyncHeld(httpx.AsyncByteStream):
    """See `_Held`."""

    def __init__(self, inner: httpx.AsyncByteStream, release: Callable[[], Awaitable[None]]) -> None:
        self._inner = inner
        self._release: Callable[[], Awaitable[None]] | None = release

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._inner)

    async def aclose(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            try:
                await self._inner.aclose()
            finally:
                await release()


def _pool_timeout(request: httpx.Request) -> float | None:
    # A request that a caller's auth flow made of its own has none.
    return cast("float | None", request.extensions.get("timeout", {}).get("pool"))


def _note(timeout: float | None, queued: int | None) -> None:
    if isinstance(timeout, Patience):
        timeout.attempt.queued = queued
