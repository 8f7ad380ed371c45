"""httpcore without its locks, for connections that have one owner at a time.

An async lock gives the turn of the event loop away each time. A blocking one is taken and let go by Python code: an
exception of a signal handler that strikes there leaves it locked, and whoever closes the connection waits for ever.
"""

from __future__ import annotations

import weakref
from typing import Any, cast

import httpcore


class Unlocked:
    """No lock."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_: object) -> None:
        pass


_UNLOCKED = Unlocked()


class Pool(httpcore.ConnectionPool):
    """A blocking pool that one thread at a time uses."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._optional_thread_lock: Any = _UNLOCKED

    def create_connection(self, origin: httpcore.Origin) -> httpcore.ConnectionInterface:
        connection = super().create_connection(origin)
        _unlock(connection)
        return connection


class _Connecting(Unlocked):
    """No lock, where httpcore holds one while it connects; what it opens meanwhile has none either."""

    def __init__(self, connection: object) -> None:
        # A strong reference would keep the socket open until the next garbage collection.
        self._connection = weakref.ref(connection)

    def __exit__(self, *_: object) -> None:
        inner: Any = getattr(self._connection(), "_connection", None)
        if inner is not None and getattr(inner, "_state_lock", _UNLOCKED) is not _UNLOCKED:
            _unlock(inner)


def _unlock(connection: Any) -> None:
    """Take the locks from a connection, and from one that it goes through."""
    held = cast("dict[str, object]", vars(connection))
    names = [name for name in held if name.endswith("_lock")]
    for name in names:
        connects = name in ("_request_lock", "_connect_lock")
        setattr(connection, name, _Connecting(connection) if connects else _UNLOCKED)
    inner: Any = getattr(connection, "_connection", None)
    if inner is not None:
        _unlock(inner)


def unlock_used(connection: Any) -> None:
    """Take the locks from an async connection that was used once."""
    inner: Any = getattr(connection, "_connection", None)
    if hasattr(inner, "_h11_state"):
        connection._request_lock = inner._state_lock = _UNLOCKED
