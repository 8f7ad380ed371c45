"""The connections of a client, each of them for one request at a time.

httpcore's own pool shares its connections by rules that break under load: with more threads than connections it closes
some that are in use, and a task that is cancelled at the wrong moment takes a connection with it for good
(httpcore#1093). A pool of one connection, with one owner at a time, has neither fault. So there are many such pools,
with the queue before them, and one that does not come back idle is thrown away.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import anyio
import httpcore

from prefectkit.core.concurrency.semaphore import Slot, Slots
from prefectkit.transports.http.options import Limits
from prefectkit.transports.http.step_timeout import Patience
from prefectkit.transports.http.unlocked import unlock_used
from prefectkit.transports.wire.settings import FAILED

if TYPE_CHECKING:
    import httpx

CLOSING = 1.0
"""Seconds that closing may take, although it has nothing to wait for."""


Pool = TypeVar("Pool", httpcore.ConnectionPool, httpcore.AsyncConnectionPool)


class Idle(Generic[Pool]):
    """The seats that nobody uses, the last used on top."""

    def __init__(self, make: Callable[[], Pool], most: int | None) -> None:
        self._make: Callable[[], Pool] = make
        self._most = math.inf if most is None else most
        # Used without a lock, each step being atomic: a signal handler may come between any two.
        self._seats: deque[Pool] = deque()

    def take(self) -> Pool:
        """The seat to use: one with a connection if there is any."""
        try:
            return self._seats.pop()
        except IndexError:
            return self._make()

    def give(self, seat: Pool | None, status: int) -> list[Pool]:
        """Take a seat back, if it was taken. Returns those to close: broken, about to be, too old, or one too many."""
        if seat is None:
            return []
        idle = any(_is_clean(connection) for connection in seat.connections)
        if not idle or status >= FAILED:
            return [seat]
        leaving: list[Pool] = []
        # Another thread may be quicker.
        with suppress(IndexError, ValueError):
            oldest = self._seats[0]
            if any(connection.has_expired() for connection in oldest.connections):
                self._seats.remove(oldest)
                leaving.append(oldest)
        self._seats.append(seat)
        if len(self._seats) > self._most:
            with suppress(IndexError):
                leaving.append(self._seats.popleft())
        return leaving

    def close(self) -> list[Pool]:
        """Keep none from now on. Returns those to close."""
        self._most = 0
        seats: list[Pool] = []
        with suppress(IndexError):
            while True:
                seats.append(self._seats.pop())
        return seats


def _is_clean(connection: httpcore.ConnectionInterface | httpcore.AsyncConnectionInterface) -> bool:
    """Whether a connection waits for a request, and nothing came that belongs to none."""
    if not connection.is_idle() or connection.is_closed():
        return False
    # httpcore does not look, and h11 would take what is left for the answer to the next request.
    state: Any = getattr(getattr(connection, "_connection", None), "_h11_state", None)
    return state is None or not state.trailing_data[0]


class Connections:
    """What sends for a sync transport, as an `httpcore.ConnectionPool` does.

    Args:
        make: Makes a pool of one connection.
        limits: How many may be in use, and how many idle.
    """

    def __init__(self, make: Callable[[], httpcore.ConnectionPool], limits: httpx.Limits | Limits) -> None:
        self._idle = Idle(make, limits.max_keepalive_connections)
        self._most = limits.max_connections
        self._free = None if self._most is None else Slots(self._most)

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        slot = self._wait(request)
        seat: httpcore.ConnectionPool | None = None
        try:
            seat = self._idle.take()
            response = seat.handle_request(request)
            response.stream = Held(response.stream, partial(self._release, slot, seat), response.status)
        except BaseException:
            self._release(slot, seat, FAILED)
            raise
        return response

    def close(self) -> None:
        for seat in self._idle.close():
            seat.close()

    def _wait(self, request: httpcore.Request) -> Slot | None:
        if self._free is None:
            return None
        if (slot := self._free.take(0)) is not None:
            return slot
        timeout = _pool_timeout(request)
        _note(timeout, self._most)
        # An earlier hop of a redirect or of an auth flow took its part of the time.
        left = timeout.left() if isinstance(timeout, Patience) else timeout
        slot = self._free.take(math.inf if left is None else left)
        if slot is None:
            raise httpcore.PoolTimeout("every connection is in use")
        _note(timeout, None)
        return slot

    def _release(self, slot: Slot | None, seat: httpcore.ConnectionPool | None, status: int) -> None:
        try:
            for leaving in self._idle.give(seat, status):
                leaving.close()
        finally:
            if self._free is not None and slot is not None:
                self._free.give(slot)


class AsyncConnections:
    """What sends for an async transport, in one event loop: see `Connections`."""

    def __init__(self, make: Callable[[], httpcore.AsyncConnectionPool], limits: httpx.Limits | Limits) -> None:
        self._idle = Idle(make, limits.max_keepalive_connections)
        self._most = limits.max_connections
        self._free = None if self._most is None else anyio.Semaphore(self._most)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        await self._wait(request)
        seat: httpcore.AsyncConnectionPool | None = None
        try:
            seat = self._idle.take()
            response = await seat.handle_async_request(request)
        except BaseException:
            await self._release(seat, FAILED)
            raise
        for connection in seat.connections:
            unlock_used(connection)
        response.stream = AsyncHeld(response.stream, partial(self._release, seat, response.status))
        return response

    async def aclose(self) -> None:
        for seat in self._idle.close():
            await seat.aclose()

    async def _wait(self, request: httpcore.Request) -> None:
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
                raise httpcore.PoolTimeout("every connection is in use") from None
            _note(timeout, None)

    async def _release(self, seat: httpcore.AsyncConnectionPool | None, status: int) -> None:
        try:
            leaving = self._idle.give(seat, status)
            if leaving:
                with anyio.move_on_after(CLOSING, shield=True):
                    for left in leaving:
                        await left.aclose()
        finally:
            if self._free is not None:
                self._free.release()


class Held:
    """A body that gives its connection back when it is closed.

    Args:
        inner: The body.
        release: Takes the connection back, with the status that its answer had, or `FAILED` where the body was not
            read to its end and closed in order.
        status: The answer's.
    """

    def __init__(self, inner: Any, release: Callable[[int], None], status: int) -> None:
        self._inner = inner
        self._release: Callable[[int], None] | None = release
        self._status = status
        self._outcome = FAILED

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner
        self._outcome = self._status

    def close(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            outcome = FAILED
            try:
                self._inner.close()
                outcome = self._outcome
            finally:
                release(outcome)


class AsyncHeld:
    """A body that gives its connection back when it is closed."""

    def __init__(self, inner: Any, release: Callable[[], Awaitable[None]]) -> None:
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


def _pool_timeout(request: Any) -> float | None:
    # A request that a caller's auth flow made of its own has none.
    return cast("float | None", request.extensions.get("timeout", {}).get("pool"))


def _note(timeout: float | None, queued: int | None) -> None:
    if isinstance(timeout, Patience):
        timeout.attempt.queued = queued
