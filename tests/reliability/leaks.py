"""`python -m tests.reliability.leaks SURFACE URL WARM COUNT TRACED`: what so many calls leave behind, as JSON."""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import tracemalloc
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio

from prefectkit.core.errors import CallError
from prefectkit.core.retries.budget import RetryBudget
from tests.reliability.bench import client_of, run
from tests.reliability.operations import KINDS
from tests.surfaces import Awaited

# A name is never changed and deleted at once, so the kinds that prepare something are left out.
USED = [kind for kind in KINDS.values() if kind.prepare is KINDS["GET"].prepare]


def memory() -> int:
    """Bytes of this process that are in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def things() -> dict[str, int]:
    """How many there are of what can leak."""
    return {
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "tasks": len(anyio.get_running_tasks()),
        "threads": threading.active_count(),
    }


async def calls(client: Awaited, count: int) -> int:
    """Make so many calls; how many of them failed."""
    failed = 0
    for number in range(count):
        # Each of them counts as the first one of a client.
        client.target._engine.budget.tokens = RetryBudget.CAPACITY
        try:
            await USED[number % len(USED)].call(client, f"name-{number % 1000}")
        except CallError:
            failed += 1
    return failed


async def settle(client: Awaited) -> None:
    """Make calls until one succeeds: whatever failed before, there is one connection then."""
    while await calls(client, 1):
        pass


async def sites(client: Awaited, count: int) -> list[str]:
    """The lines that allocate something which stays, call after call."""
    tracemalloc.start()
    await calls(client, count)
    gc.collect()
    before = tracemalloc.take_snapshot()
    await calls(client, count)
    gc.collect()
    after = tracemalloc.take_snapshot()
    tracemalloc.stop()
    return [str(each) for each in after.compare_to(before, "lineno") if each.count_diff >= 0.9 * count]


async def measure(surface: str, url: str, warm: int, count: int, traced: int) -> dict[str, Any]:
    """Make the calls, and look before and after."""
    async with client_of(surface, url, timeout=10) as client:
        await calls(client, warm)
        await settle(client)
        grown, had = memory(), things()
        failed = await calls(client, count)
        await settle(client)
        grown, has = memory() - grown, things()
        left = {name: has[name] - had[name] for name in has if has[name] > had[name]}
        return {"failed": failed, "grown": grown, "left": left, "sites": await sites(client, traced)}


if __name__ == "__main__":
    surface, url, *numbers = sys.argv[1:]
    work: Callable[..., Awaitable[Any]] = measure
    print(json.dumps(run(surface, work, surface, url, *map(int, numbers))))
