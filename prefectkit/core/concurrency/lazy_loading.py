"""Makes lazy imports safe for forks.

Python holds a lock for each module while it is imported. A process that is forked meanwhile inherits the locked lock,
but not the thread that would release it. So `os.fork` waits until no other thread loads a part of the SDK.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from threading import get_ident
from typing import Final

from prefectkit.core.concurrency.fork_safe_lock import ForkSafeLock

LONGEST_WAIT: Final = 5.0
"""Seconds that a fork waits at most."""

_POLL: Final = 0.001

_forking = ForkSafeLock()
_loading: set[int] = set()
"""The threads that are importing a part of the SDK."""


@contextmanager
def loading() -> Generator[None]:
    """A context in which no other thread can fork."""
    _watch_forks()
    thread = get_ident()
    if thread in _loading:
        yield
        return
    with _forking.held():
        _loading.add(thread)
    try:
        yield
    finally:
        _loading.discard(thread)


@cache
def _watch_forks() -> None:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_child)


def _before_fork() -> None:
    _forking.held().acquire()
    end = time.monotonic() + LONGEST_WAIT
    while _loading - {get_ident()} and time.monotonic() < end:
        time.sleep(_POLL)


def _after_fork() -> None:
    _forking.held().release()


def _in_child() -> None:
    # The child gets a new `_forking` lock.
    _loading.intersection_update({get_ident()})
