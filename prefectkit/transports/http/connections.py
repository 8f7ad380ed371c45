"""The connection pool: limits the open connections, queues requests when all are in use, keeps idle ones alive.

httpcore's own pool fails under load: with more threads than connections it closes some that are in use, and a task
cancelled at the wrong moment leaks a connection for good (httpcore#1093). An httpcore pool of one connection, used by
one request at a time, has neither fault. So each pooled connection here is an httpcore pool of one, and one that is not
idle after its response is closed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import anyio
import httpcore

from prefectkit.core.concurrency.semaphore import Permit, Semaphore
from prefectkit.transports.http.idle_connections import IdleConnections
from prefectkit.transports.http.lock_free import remove_locks_after_first_use
from prefectkit.transports.http.options import Limits
from prefectkit.transports.http.pooled_body import AsyncPooledBody, PooledBody
from prefectkit.transports.http.step_timeout import StepTimeout
from prefectkit.transports.wire.settings import SERVER_ERROR

if TYPE_CHECKING:
    import httpx

CLOSE_TIMEOUT = 1.0
"""Seconds. Closing has nothing to wait for, but a custom transport may hang in it."""


class ConnectionPool:
    """The connection pool of a sync transport, with the interface of `httpcore.ConnectionPool`.

    Args:
        create: Makes an httpcore pool of one connection.
        limits: The most connections in use, and the most idle ones to keep.
    """

    def __init__(self, create: Callable[[], httpcore.ConnectionPool], limits: httpx.Limits | Limits) -> None:
        self._idle = IdleConnections(create, limits.max_keepalive_connections)
        self._size = limits.max_connections
        self._free = None if self._size is None else Semaphore(self._size)

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request on a connection of its own. Closing the body of the response releases the connection."""
        slot = self._wait(request)
        connection: httpcore.ConnectionPool | None = None
        try:
            connection = self._idle.acquire()
            response = connection.handle_request(request)
            response.stream = PooledBody(
                response.stream, partial(self._release, slot, connection), reusable=response.status < SERVER_ERROR
            )
        except BaseException:
            self._release(slot, connection, False)
            raise
        return response

    def close(self) -> None:
        """Close the idle connections now, and the others when they are released."""
        for connection in self._idle.close():
            connection.close()

    def _wait(self, request: httpcore.Request) -> Permit | None:
        if self._free is None:
            return None
        if (slot := self._free.acquire(0)) is not None:
            return slot
        timeout = _pool_timeout(request)
        _set_queued(timeout, self._size)
        # An earlier hop of a redirect or of an auth flow used a part of the time.
        seconds = timeout.remaining() if isinstance(timeout, StepTimeout) else timeout
        slot = self._free.acquire(math.inf if seconds is None else seconds)
        if slot is None:
            raise httpcore.PoolTimeout("every connection is in use")
        _set_queued(timeout, None)
        return slot

    def _release(self, slot: Permit | None, connection: httpcore.ConnectionPool | None, reusable: bool) -> None:
        try:
            for surplus in self._idle.release(connection, reusable=reusable):
                surplus.close()
        finally:
            if self._free is not None and slot is not None:
                self._free.release(slot)


class AsyncConnectionPool:
    """The connection pool of an async transport in one event loop: see `ConnectionPool`."""

    def __init__(self, create: Callable[[], httpcore.AsyncConnectionPool], limits: httpx.Limits | Limits) -> None:
        self._idle = IdleConnections(create, limits.max_keepalive_connections)
        self._size = limits.max_connections
        self._free = None if self._size is None else anyio.Semaphore(self._size)

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request on a connection of its own. Closing the body of the response releases the connection."""
        await self._wait(request)
        connection: httpcore.AsyncConnectionPool | None = None
        try:
            connection = self._idle.acquire()
            response = await connection.handle_async_request(request)
        except BaseException:
            await self._release(connection, False)
            raise
        for inner in connection.connections:
            remove_locks_after_first_use(inner)
        release = partial(self._release, connection, response.status < SERVER_ERROR)
        response.stream = AsyncPooledBody(response.stream, release)
        return response

    async def aclose(self) -> None:
        """Close the idle connections now, and the others when they are released."""
        for connection in self._idle.close():
            await connection.aclose()

    async def _wait(self, request: httpcore.Request) -> None:
        if self._free is None:
            return
        try:
            self._free.acquire_nowait()
        except anyio.WouldBlock:
            timeout = _pool_timeout(request)
            _set_queued(timeout, self._size)
            try:
                with anyio.fail_after(timeout):
                    await self._free.acquire()
            except TimeoutError:
                raise httpcore.PoolTimeout("every connection is in use") from None
            _set_queued(timeout, None)

    async def _release(self, connection: httpcore.AsyncConnectionPool | None, reusable: bool) -> None:
        try:
            to_close = self._idle.release(connection, reusable=reusable)
            if to_close:
                with anyio.move_on_after(CLOSE_TIMEOUT, shield=True):
                    for surplus in to_close:
                        await surplus.aclose()
        finally:
            if self._free is not None:
                self._free.release()


def _pool_timeout(request: Any) -> float | None:
    # A request made by the caller's auth flow has none.
    return cast("float | None", request.extensions.get("timeout", {}).get("pool"))


def _set_queued(timeout: float | None, size: int | None) -> None:
    if isinstance(timeout, StepTimeout):
        timeout.attempt.queued = size
