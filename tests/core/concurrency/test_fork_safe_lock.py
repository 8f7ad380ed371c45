"""Locks for an instant: kept by one thread, open to what comes in the middle of it, and not inherited locked."""

from __future__ import annotations

import os
import threading

import pytest

from prefectkit.core.concurrency.fork_safe_lock import ForkSafeLock
from prefectkit.core.concurrency.rate_limiter import RateLimiter

PATIENCE = 30.0


def in_thread(lock: ForkSafeLock) -> threading.Thread:
    thread = threading.Thread(target=lambda: lock.held().acquire() and lock.held().release())
    thread.start()
    return thread


def test_other_threads_wait() -> None:
    lock = ForkSafeLock()
    with lock.held():
        thread = in_thread(lock)
        thread.join(0.05)
        assert thread.is_alive()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_the_same_thread_comes_in_again() -> None:
    lock = ForkSafeLock()
    with lock.held(), lock.held():
        pass
    in_thread(lock).join(PATIENCE)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_has_a_lock_of_its_own() -> None:
    lock, limiter = ForkSafeLock(), RateLimiter(60)
    held, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with lock.held(), limiter._lock.held():
            held.set()
            assert go_on.wait(PATIENCE)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(PATIENCE)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if lock.held().acquire(timeout=1) and limiter.reserve(1, 0.0) == 0.0 else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    go_on.set()
    thread.join(PATIENCE)
    assert os.waitstatus_to_exitcode(status) == 0
