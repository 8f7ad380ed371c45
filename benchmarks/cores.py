"""Which core runs what, so that the server and the measured process do not push each other around."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

SERVER_CORE = 0
"""The first of the cores that this process may use, by position."""

MEASURED_CORE = -1
"""The last of them."""


def pin(position: int) -> None:
    """Keep this process on one core; where there is one only, or no such call, nothing happens."""
    # Linux only.
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[position]})


@contextmanager
def pinned(position: int) -> Generator[None]:
    """Keep what is started meanwhile on one core, and this process with it."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    pin(position)
    try:
        yield
    finally:
        if before is not None:
            os.sched_setaffinity(0, before)
