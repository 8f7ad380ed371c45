"""httpcore without its locks, for connections that only one request uses at a time.

An async lock yields to the event loop each time. A blocking lock is acquired and released by Python code: an exception
that a signal handler raises there leaves it locked, and closing the connection then blocks forever.
"""

from __future__ import annotations

import weakref
from typing import Any, cast

import httpcore


class NoLock:
    """Replaces a lock, and does nothing."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_: object) -> None:
        pass


_NO_LOCK = NoLock()


class LockFreePool(httpcore.ConnectionPool):
    """A blocking httpcore pool that one thread at a time uses."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._optional_thread_lock: Any = _NO_LOCK

    def create_connection(self, origin: httpcore.Origin) -> httpcore.ConnectionInterface:
        connection = super().create_connection(origin)
        _remove_locks(connection)
        return connection


class _NoConnectLock(NoLock):
    """Replaces the lock that httpcore holds while it connects, and removes the locks of the opened connection."""

    def __init__(self, connection: object) -> None:
        # A strong reference would keep the socket open until the next garbage collection.
        self._connection = weakref.ref(connection)

    def __exit__(self, *_: object) -> None:
        inner: Any = getattr(self._connection(), "_connection", None)
        if inner is not None and getattr(inner, "_state_lock", _NO_LOCK) is not _NO_LOCK:
            _remove_locks(inner)


def _remove_locks(connection: Any) -> None:
    """Remove the locks of a connection, and of the connection to a proxy inside it."""
    attributes = cast("dict[str, object]", vars(connection))
    names = [name for name in attributes if name.endswith("_lock")]
    for name in names:
        connects = name in ("_request_lock", "_connect_lock")
        setattr(connection, name, _NoConnectLock(connection) if connects else _NO_LOCK)
    inner: Any = getattr(connection, "_connection", None)
    if inner is not None:
        _remove_locks(inner)


def remove_locks_after_first_use(connection: Any) -> None:
    """Remove the locks of an async connection that has sent a request."""
    inner: Any = getattr(connection, "_connection", None)
    if hasattr(inner, "_h11_state"):
        connection._request_lock = inner._state_lock = _NO_LOCK
