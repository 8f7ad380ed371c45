"""The idle connections to one API: which one is used next, and which ones are closed.

aiohttp's own connection pool reuses a connection as soon as its response is complete. Here the response is inspected
first, since a connection is not used again after a server error. So aiohttp only opens the connections.
"""

from __future__ import annotations

import math
import time
from asyncio import Transport
from collections import deque
from typing import cast

from aiohttp.connector import Connection

from prefectkit.transports.wire.socket_poll import is_readable


class IdleConnections:
    """A stack of idle connections, the last used on top.

    Args:
        limit: The most to keep, None for no limit.
        expiry: Seconds to keep one.
    """

    def __init__(self, limit: int | None, expiry: float) -> None:
        self._limit = math.inf if limit is None else limit
        self._expiry = expiry
        self._connections: deque[tuple[Connection, float]] = deque()

    def acquire(self) -> Connection | None:
        """Take the open connection used last, None if there is none."""
        oldest = time.monotonic() - self._expiry
        while self._connections:
            connection, idle_since = self._connections.pop()
            if idle_since > oldest and _is_open(connection) and not is_readable(_fileno(connection)):
                return connection
            discard(connection)
        return None

    def release(self, connection: Connection) -> None:
        """Give a connection back. Closes what is broken, expired, or above the limit."""
        # If the server responded early, the rest of the request would be sent before the next one.
        if not _is_open(connection) or _transport(connection).get_write_buffer_size():
            discard(connection)
            return
        now = time.monotonic()
        self._connections.append((connection, now))
        if len(self._connections) > self._limit or self._connections[0][1] <= now - self._expiry:
            discard(self._connections.popleft()[0])

    def close(self) -> None:
        """Keep no connection from now on."""
        self._limit = 0
        while self._connections:
            discard(self._connections.pop()[0])


def discard(connection: Connection) -> None:
    """Close a connection, even if it has unsent data."""
    transport = connection.transport
    if transport is not None:
        # `close` would wait for a server that has stopped reading.
        transport.abort()
    connection.close()


def _is_open(connection: Connection) -> bool:
    protocol = connection.protocol
    return protocol is not None and protocol.is_connected() and not protocol.should_close


def _fileno(connection: Connection) -> int:
    fd: int = _transport(connection).get_extra_info("socket").fileno()
    return fd


def _transport(connection: Connection) -> Transport:
    # Not None for an open connection.
    return cast(Transport, connection.transport)
