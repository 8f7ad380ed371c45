"""A semaphore whose slots come back, however their users end."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest

from prefectkit.core.concurrency.semaphore import Slot, Slots
from prefectkit.core.concurrency.waits import LONGEST_WAIT, limit

PATIENCE = 30.0


def taken(slots: Slots, seconds: float = 0) -> Slot:
    slot = slots.take(seconds)
    assert slot is not None
    return slot


def test_there_are_so_many_and_no_more() -> None:
    slots = Slots(2)
    held = [taken(slots), taken(slots)]
    assert (slots.free, slots.take(0), slots.take(-1), slots.take(0.01)) == (0, None, None, None)
    slots.give(held.pop())
    assert slots.free == 1
    assert slots.take(0) is not None


def test_one_that_comes_free_is_waited_for() -> None:
    slots = Slots(1)
    held = [taken(slots)]
    threading.Timer(0.05, lambda: slots.give(held.pop())).start()
    started = time.monotonic()
    assert slots.take(PATIENCE) is not None
    assert time.monotonic() - started < PATIENCE / 2


@pytest.mark.parametrize("seconds", [1e10, 1e308, float("inf")])
def test_any_number_of_seconds_will_do(seconds: float) -> None:
    assert Slots(1).take(seconds) is not None


def test_one_that_is_lost_comes_back_and_only_once() -> None:
    slots = Slots(2)
    for _ in range(5):
        lost = taken(slots)
        assert slots.free == 1
        del lost
        assert slots.free == 2
    given = taken(slots)
    slots.give(given)
    del given
    assert slots.free == 2


def test_one_that_an_error_holds_comes_back_with_it() -> None:
    slots = Slots(1)

    def losing() -> None:
        slot = taken(slots)
        assert slot and slots.free == 0
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        losing()
    # pytest keeps the error for a moment, and its traceback the slot.
    gc.collect()
    assert slots.free == 1


def test_a_semaphore_that_nobody_uses_is_freed_at_once() -> None:
    slots = Slots(3)
    held = taken(slots)
    gone = weakref.ref(slots)
    gc.disable()
    try:
        del slots
        assert gone() is None
    finally:
        gc.enable()
    del held


@pytest.mark.parametrize(
    ("seconds", "limited"),
    [(0.5, 0.5), (LONGEST_WAIT, LONGEST_WAIT), (LONGEST_WAIT + 1, None), (1e10, None), (float("inf"), None)],
)
def test_a_wait_is_limited_by_what_the_operating_system_can_count(seconds: float, limited: float | None) -> None:
    assert limit(seconds) == limited
