"""Locks that are held while requests are sent: with a deadline, and never waited for by their own holder.

A signal handler, a finalizer or a log handler may interrupt its thread while that thread holds the lock. Then it runs
without the lock, because it would wait for ever.
"""

from __future__ import annotations

from threading import get_ident

import anyio

from prefectkit.core.concurrency.semaphore import Permit, Semaphore
from prefectkit.core.concurrency.wait_limits import as_timeout
from prefectkit.core.errors import TransportTimeout
from prefectkit.core.retries.policy import Phase


class ThreadLock:
    """Admits one thread at a time."""

    def __init__(self) -> None:
        self.semaphore = Semaphore(1)
        # The threads that hold the lock or wait for it. After an exception of a signal handler, a thread may
        # stay in here although it no longer waits.
        self.threads: set[int] = set()


class ThreadLockContext:
    """One use of a `ThreadLock`, as an async context manager that never suspends.

    Args:
        lock: The lock.
        seconds: How long to wait for it.

    Raises:
        TransportTimeout: It was not released in time.
    """

    def __init__(self, lock: ThreadLock, seconds: float) -> None:
        self._lock = lock
        self._seconds = seconds
        self._permit: Permit | None = None
        self._is_nested = False

    async def __aenter__(self) -> None:
        threads, thread = self._lock.threads, get_ident()
        if thread in threads:
            self._is_nested = True
            return
        threads.add(thread)
        try:
            self._permit = self._lock.semaphore.acquire(self._seconds)
            if self._permit is None:
                raise _timeout(self._seconds)
        except BaseException:
            threads.discard(thread)
            raise

    async def __aexit__(self, *_: object) -> None:
        permit, self._permit = self._permit, None
        if permit is not None:
            self._lock.semaphore.release(permit)
        if not self._is_nested:
            self._lock.threads.discard(get_ident())


class LoopLockContext:
    """One use of a lock of an event loop: see `ThreadLockContext`."""

    def __init__(self, lock: anyio.Lock, seconds: float) -> None:
        self._lock = lock
        self._seconds = seconds
        self._is_held = False

    async def __aenter__(self) -> None:
        if self._lock.statistics().owner == anyio.get_current_task():
            return
        try:
            with anyio.fail_after(as_timeout(self._seconds)):
                await self._lock.acquire()
        except TimeoutError:
            raise _timeout(self._seconds) from None
        self._is_held = True

    async def __aexit__(self, *_: object) -> None:
        if self._is_held:
            self._lock.release()


def _timeout(seconds: float) -> TransportTimeout:
    return TransportTimeout(
        f"another call was fetching a token, and had not got it within the {seconds:.3g} s that this call had left",
        phase=Phase.NOTHING_SENT,
    )
