"""A counting semaphore for threads that no exception of a signal handler can empty.

Such an exception may strike between any two steps of Python code. A plain semaphore, taken at that moment, is never
given back, and its own lock may stay locked. Here each slot is an object that returns to its semaphore when nothing
refers to it any more, and taking or giving one is a single step of C code.
"""

from __future__ import annotations

import weakref
from queue import Empty, SimpleQueue

from prefectkit.core.concurrency.waits import LONGEST_WAIT


class Slots:
    """Slots for so many users at a time, from any thread, signal handler or finalizer.

    Args:
        count: How many there are.
    """

    def __init__(self, count: int) -> None:
        self._queue: SimpleQueue[Slot] = SimpleQueue()
        for _ in range(count):
            self._queue.put(Slot(self))

    @property
    def free(self) -> int:
        """How many nobody uses."""
        return self._queue.qsize()

    def take(self, seconds: float) -> Slot | None:
        """A slot, waited for so many seconds at most; None where none came free."""
        try:
            return self._queue.get(timeout=min(seconds, LONGEST_WAIT)) if seconds > 0 else self._queue.get_nowait()
        except Empty:
            return None

    def give(self, slot: Slot) -> None:
        """Take a slot back."""
        self._queue.put(slot)


class Slot:
    """What a user of a semaphore holds. One that is lost makes room for a new one."""

    __slots__ = ("_slots",)

    def __init__(self, slots: Slots) -> None:
        # A strong reference would keep a semaphore alive that nobody uses.
        self._slots = weakref.ref(slots)

    def __del__(self) -> None:
        slots = self._slots()
        if slots is not None:
            slots.give(Slot(slots))
