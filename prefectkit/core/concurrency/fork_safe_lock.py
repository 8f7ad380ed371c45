"""A lock for short computations that works across forks and in signal handlers. Never held while waiting."""

from __future__ import annotations

import threading
from typing import Any

from prefectkit.core.concurrency.loop_local import ProcessLocal


class ForkSafeLock:
    """Excludes other threads: `with lock.held(): ...`.

    A signal handler or a finalizer that interrupts the thread which holds the lock enters it too. A forked child has a
    lock of its own: the parent's may be held by a thread that the child does not have.
    """

    __slots__ = ("_by_process",)

    def __init__(self) -> None:
        self._by_process = ProcessLocal(threading.RLock)

    def held(self) -> Any:
        """The lock, to be used with `with`."""
        return self._by_process.get()
