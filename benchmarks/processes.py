"""Processes that start from the same clean state, whatever their parent has imported since."""

from __future__ import annotations

import multiprocessing
from functools import cache
from multiprocessing.context import ForkServerContext


@cache
def clean_processes() -> ForkServerContext:
    """Forks of a process that has imported what every worker needs, and no peer."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.worker"])
    return context
