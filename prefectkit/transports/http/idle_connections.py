"""The idle connections of a connection pool: which one is used next, and which ones are closed."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

import httpcore

PooledConnection = TypeVar("PooledConnection", httpcore.ConnectionPool, httpcore.AsyncConnectionPool)
"""An httpcore pool of one connection: it opens the connection when needed, and again after it was closed."""


class IdleConnections(Generic[PooledConnection]):
    """A stack of idle connections, the last used on top.

    Args:
        create: Makes a pooled connection.
        limit: The most to keep, None for no limit.
    """

    def __init__(self, create: Callable[[], PooledConnection], limit: int | None) -> None:
        self._create: Callable[[], PooledConnection] = create
        self._limit = math.inf if limit is None else limit
        # Used without a lock, since each operation is atomic: a signal handler may run between any two.
        self._connections: deque[PooledConnection] = deque()

    def acquire(self) -> PooledConnection:
        """Take the connection used last, or make one if none is idle."""
        try:
            return self._connections.pop()
        except IndexError:
            return self._create()

    def release(self, connection: PooledConnection | None, *, reusable: bool) -> list[PooledConnection]:
        """Give a connection back, if any. Returns those to close: not reusable, expired, or above the limit."""
        if connection is None:
            return []
        if not reusable or not any(_is_clean(inner) for inner in connection.connections):
            return [connection]
        to_close: list[PooledConnection] = []
        # Another thread may have taken it.
        with suppress(IndexError, ValueError):
            oldest = self._connections[0]
            if any(inner.has_expired() for inner in oldest.connections):
                self._connections.remove(oldest)
                to_close.append(oldest)
        self._connections.append(connection)
        if len(self._connections) > self._limit:
            with suppress(IndexError):
                to_close.append(self._connections.popleft())
        return to_close

    def close(self) -> list[PooledConnection]:
        """Keep no connection from now on. Returns those to close."""
        self._limit = 0
        to_close: list[PooledConnection] = []
        with suppress(IndexError):
            while True:
                to_close.append(self._connections.pop())
        return to_close


def _is_clean(connection: httpcore.ConnectionInterface | httpcore.AsyncConnectionInterface) -> bool:
    """Whether a connection is idle and has received no data beyond its last response."""
    if not connection.is_idle() or connection.is_closed():
        return False
    # httpcore does not check, and h11 would read that data as the response to the next request.
    state: Any = getattr(getattr(connection, "_connection", None), "_h11_state", None)
    return state is None or not state.trailing_data[0]
