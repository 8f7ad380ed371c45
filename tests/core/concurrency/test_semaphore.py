"""A semaphore whose permits come back, however their users end."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest

from prefectkit.core.concurrency.semaphore import Permit, Semaphore
from prefectkit.core.concurrency.wait_limits import LONGEST_WAIT, as_timeout

PATIENCE = 30.0


def taken(semaphore: Semaphore, seconds: float = 0) -> Permit:
    permit = semaphore.acquire(seconds)
    assert permit is not None
    return permit


def test_there_are_so_many_and_no_more() -> None:
    semaphore = Semaphore(2)
    held = [taken(semaphore), taken(semaphore)]
    assert (semaphore.free, semaphore.acquire(0), semaphore.acquire(-1), semaphore.acquire(0.01)) == (
        0,
        None,
        None,
        None,
    )
    semaphore.release(held.pop())
    assert semaphore.free == 1
    assert semaphore.acquire(0) is not None


def test_one_that_comes_free_is_waited_for() -> None:
    semaphore = Semaphore(1)
    held = [taken(semaphore)]
    threading.Timer(0.05, lambda: semaphore.release(held.pop())).start()
    started = time.monotonic()
    assert semaphore.acquire(PATIENCE) is not None
    assert time.monotonic() - started < PATIENCE / 2


@pytest.mark.parametrize("seconds", [1e10, 1e308, float("inf")])
def test_any_number_of_seconds_will_do(seconds: float) -> None:
    assert Semaphore(1).acquire(seconds) is not None


def test_one_that_is_lost_comes_back_and_only_once() -> None:
    semaphore = Semaphore(2)
    for _ in range(5):
        lost = taken(semaphore)
        assert semaphore.free == 1
        del lost
        assert semaphore.free == 2
    given = taken(semaphore)
    semaphore.release(given)
    del given
    assert semaphore.free == 2


def test_one_that_an_error_holds_comes_back_with_it() -> None:
    semaphore = Semaphore(1)

    def losing() -> None:
        permit = taken(semaphore)
        assert permit and semaphore.free == 0
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        losing()
    # pytest keeps the error for a moment, and its traceback the permit.
    gc.collect()
    assert semaphore.free == 1


def test_a_semaphore_that_nobody_uses_is_freed_at_once() -> None:
    semaphore = Semaphore(3)
    held = taken(semaphore)
    gone = weakref.ref(semaphore)
    gc.disable()
    try:
        del semaphore
        assert gone() is None
    finally:
        gc.enable()
    del held


@pytest.mark.parametrize(
    ("seconds", "limited"),
    [(0.5, 0.5), (LONGEST_WAIT, LONGEST_WAIT), (LONGEST_WAIT + 1, None), (1e10, None), (float("inf"), None)],
)
def test_a_wait_is_limited_by_what_the_operating_system_can_count(seconds: float, limited: float | None) -> None:
    assert as_timeout(seconds) == limited
