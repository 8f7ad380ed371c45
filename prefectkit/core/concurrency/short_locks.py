"""Locks for a few steps of computation: held for an instant, and never while anything is waited for."""

from __future__ import annotations

import threading
from typing import Any

from prefectkit.core.concurrency.loop_local import ProcessLocal


class ShortLock:
    """Keeps other threads out: `with lock.held(): ...`.

    A signal handler or a finalizer may come in the middle of those steps, in the same thread: it is let in. A forked
    child has a lock of its own, since the holder may be a thread that it has not.
    """

    __slots__ = ("_by_process",)

    def __init__(self) -> None:
        self._by_process = ProcessLocal(threading.RLock)

    def held(self) -> Any:
        """The lock, to be used with `with`."""
        return self._by_process.get()
