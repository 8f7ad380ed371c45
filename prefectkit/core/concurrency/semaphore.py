"""A counting semaphore for threads that keeps its count when a signal handler raises.

A signal handler may raise between any two steps of Python code. A plain semaphore that is acquired at that moment is
never released, and its own lock may stay locked. Here each permit is an object that returns to its semaphore when
nothing refers to it any more, and acquiring or releasing one is a single step of C code.
"""

from __future__ import annotations

import weakref
from queue import Empty, SimpleQueue

from prefectkit.core.concurrency.wait_limits import LONGEST_WAIT


class Semaphore:
    """Admits a number of users at a time, from any thread, signal handler or finalizer.

    Args:
        count: How many permits there are.
    """

    def __init__(self, count: int) -> None:
        self._permits: SimpleQueue[Permit] = SimpleQueue()
        for _ in range(count):
            self._permits.put(Permit(self))

    @property
    def free(self) -> int:
        """How many permits are free."""
        return self._permits.qsize()

    def acquire(self, seconds: float) -> Permit | None:
        """Wait at most `seconds` for a permit; return None if none became free."""
        try:
            return self._permits.get(timeout=min(seconds, LONGEST_WAIT)) if seconds > 0 else self._permits.get_nowait()
        except Empty:
            return None

    def release(self, permit: Permit) -> None:
        """Give a permit back."""
        self._permits.put(permit)


class Permit:
    """A permit of a semaphore. When nothing refers to it any more, it is released."""

    __slots__ = ("_semaphore",)

    def __init__(self, semaphore: Semaphore) -> None:
        # A strong reference would keep an unused semaphore alive.
        self._semaphore = weakref.ref(semaphore)

    def __del__(self) -> None:
        semaphore = self._semaphore()
        if semaphore is not None:
            semaphore.release(Permit(semaphore))
