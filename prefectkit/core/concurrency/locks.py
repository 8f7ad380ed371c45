"""Locks that are held while requests are sent: none is waited for beyond a deadline, and none is waited for by itself.

A signal handler, a finalizer or a log handler runs in the middle of whatever its thread does, maybe while that thread
holds the lock. It goes on without the lock: waiting would never end.
"""

from __future__ import annotations

from threading import get_ident

import anyio

from prefectkit.core.concurrency.semaphore import Slot, Slots
from prefectkit.core.concurrency.waits import limit
from prefectkit.core.errors import TransportTimeout
from prefectkit.core.retries.policy import Phase


class ThreadLock:
    """Lets one thread in at a time."""

    def __init__(self) -> None:
        self.slots = Slots(1)
        # The threads that hold the lock or wait for it. One that an interrupt leaves in it does not wait, no more.
        self.inside: set[int] = set()


class ThreadTurn:
    """One use of a `ThreadLock`, as an async context manager that never suspends.

    Args:
        lock: The lock.
        seconds: How long to wait for it.

    Raises:
        TransportTimeout: It was not let go in time.
    """

    def __init__(self, lock: ThreadLock, seconds: float) -> None:
        self._lock = lock
        self._seconds = seconds
        self._slot: Slot | None = None
        self._is_nested = False

    async def __aenter__(self) -> None:
        inside, thread = self._lock.inside, get_ident()
        if thread in inside:
            self._is_nested = True
            return
        inside.add(thread)
        try:
            self._slot = self._lock.slots.take(self._seconds)
            if self._slot is None:
                raise _late(self._seconds)
        except BaseException:
            inside.discard(thread)
            raise

    async def __aexit__(self, *_: object) -> None:
        slot, self._slot = self._slot, None
        if slot is not None:
            self._lock.slots.give(slot)
        if not self._is_nested:
            self._lock.inside.discard(get_ident())


class TaskTurn:
    """One use of a lock of an event loop: see `ThreadTurn`."""

    def __init__(self, lock: anyio.Lock, seconds: float) -> None:
        self._lock = lock
        self._seconds = seconds
        self._is_held = False

    async def __aenter__(self) -> None:
        if self._lock.statistics().owner == anyio.get_current_task():
            return
        try:
            with anyio.fail_after(limit(self._seconds)):
                await self._lock.acquire()
        except TimeoutError:
            raise _late(self._seconds) from None
        self._is_held = True

    async def __aexit__(self, *_: object) -> None:
        if self._is_held:
            self._lock.release()


def _late(seconds: float) -> TransportTimeout:
    return TransportTimeout(
        f"another call was fetching a token, and had not got it within the {seconds:.3g} s that this call had left",
        phase=Phase.NOTHING_SENT,
    )
