"""The idle connections to an API.

aiohttp's own pool gives a connection to the next request as soon as an answer is complete. Here an answer is looked at
first, since after a failure inside the server its connection is not used again. So aiohttp opens the connections, and
which is used when is decided here.
"""

from __future__ import annotations

import math
import time
from asyncio import Transport
from collections import deque
from typing import cast

from aiohttp.connector import Connection

from prefectkit.transports.wire.polling import has_news


class Idle:
    """The connections that nobody uses, the last used on top.

    Args:
        most: How many to keep, None for no limit.
        expiry: Seconds to keep one.
    """

    def __init__(self, most: int | None, expiry: float) -> None:
        self._most = math.inf if most is None else most
        self._expiry = expiry
        self._connections: deque[tuple[Connection, float]] = deque()

    def take(self) -> Connection | None:
        """An open connection, if there is one."""
        oldest = time.monotonic() - self._expiry
        while self._connections:
            connection, since = self._connections.pop()
            if since > oldest and _is_open(connection) and not has_news(_fileno(connection)):
                return connection
            discard(connection)
        return None

    def give(self, connection: Connection) -> None:
        """Take a connection back. Closes what is broken, too old, or one too many."""
        # The rest of a request that was answered early would come before the next one.
        if not _is_open(connection) or _transport(connection).get_write_buffer_size():
            discard(connection)
            return
        now = time.monotonic()
        self._connections.append((connection, now))
        if len(self._connections) > self._most or self._connections[0][1] <= now - self._expiry:
            discard(self._connections.popleft()[0])

    def close(self) -> None:
        """Keep none from now on."""
        self._most = 0
        while self._connections:
            discard(self._connections.pop()[0])


def discard(connection: Connection) -> None:
    """Close a connection, whatever is still to be sent on it."""
    transport = connection.transport
    if transport is not None:
        # A plain close waits for a server that reads no more.
        transport.abort()
    connection.close()


def _is_open(connection: Connection) -> bool:
    protocol = connection.protocol
    return protocol is not None and protocol.is_connected() and not protocol.should_close


def _fileno(connection: Connection) -> int:
    fd: int = _transport(connection).get_extra_info("socket").fileno()
    return fd


def _transport(connection: Connection) -> Transport:
    # An open one has one.
    return cast(Transport, connection.transport)
