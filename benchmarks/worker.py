"""The measured side: a process that opens one peer and runs rounds of one of its operations when it is told to."""

from __future__ import annotations

import asyncio
import gc
import os
import time
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, suppress
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, Literal, NamedTuple, TypeAlias

from benchmarks.cores import MEASURED_CORE, pin
from benchmarks.memory import highest, resident
from benchmarks.peers import Missing, Operations

Opened: TypeAlias = AbstractContextManager[Operations] | AbstractAsyncContextManager[Operations]
Calls: TypeAlias = Callable[[int], Awaitable[None]]
"""Runs an operation so many times."""

Mode: TypeAlias = Literal["in a row", "at once"]


class Job(NamedTuple):
    """What one worker measures.

    Attributes:
        label: The peer's name in the table.
        opener: The function that opens it, `module:function` below `benchmarks.peers`.
        operation: Which of its operations is run.
        args: Arguments of the opener.
        mode: One call after the other, or all of a round together.
        size: Calls in a round; None for as many as fill the round's time.
        memory: Measure the peak of resident memory in each round.
        warm: The operation that is run once before the first round; that which is measured where it is empty.
    """

    label: str
    opener: str
    operation: str
    args: tuple[Any, ...] = ()
    mode: Mode = "in a row"
    size: int | None = None
    memory: bool = False
    warm: str = ""


class Round(NamedTuple):
    """One round.

    Attributes:
        cpu: Seconds of CPU for a call, in all threads, user and system.
        wall: Seconds by the clock for a call.
        peak: Bytes of resident memory at its highest, above the start of the round.
    """

    cpu: float
    wall: float
    peak: int


Order: TypeAlias = tuple[Job, int | None]
"""A job to prepare, or, with a number of calls, a round of it."""


def work(
    opener: str, args: tuple[Any, ...], seconds: float, environment: dict[str, str], orders: Connection[Any, Any]
) -> None:
    """Open a peer and carry out orders until the pipe closes.

    The reply to the opening is nothing, or the reason why the peer is not there; to a job, how many calls fill a round
    of so many seconds; to a round, what was measured. In place of each of them an error may come.
    """
    os.environ.clear()
    os.environ.update(environment)
    try:
        module, _, name = opener.partition(":")
        opened: Opened = getattr(import_module(f"benchmarks.peers.{module}"), name)(*args)
        # Imports may take the other core: none of this is measured.
        pin(MEASURED_CORE)
        if isinstance(opened, AbstractContextManager):
            with opened as operations, suppress(StopIteration):
                # Nothing in it waits, and a peer that blocks may look whether an event loop is running.
                _obey(orders, seconds, operations, blocking=True).send(None)
        else:
            asyncio.run(_awaiting(orders, seconds, opened))
    except (ImportError, Missing) as error:
        orders.send(str(error))
    except EOFError:
        pass
    except BaseException:
        orders.send(RuntimeError(f"{opener}: {traceback.format_exc()}"))
    # The peer is closed. What an interpreter of some size does at its end takes longer than a short round.
    os._exit(0)


async def _awaiting(
    orders: Connection[Any, Any], seconds: float, opened: AbstractAsyncContextManager[Operations]
) -> None:
    async with opened as operations:
        await _obey(orders, seconds, operations, blocking=False)


async def _obey(orders: Connection[Any, Any], seconds: float, operations: Operations, *, blocking: bool) -> None:
    orders.send(None)
    while True:
        order: Order = orders.recv()
        job, size = order
        mode: Mode | Literal["blocking"] = "blocking" if blocking else job.mode
        calls = _repeated(operations[job.operation], mode)
        if size is None:
            await _repeated(operations[job.warm or job.operation], mode)(1)
            orders.send(job.size or await _size(calls, seconds))
        else:
            orders.send(await _round(calls, size, memory=job.memory))


def _repeated(operation: Callable[[], Any], mode: Mode | Literal["blocking"]) -> Calls:
    async def blocking(times: int) -> None:
        for _ in range(times):
            operation()

    async def in_a_row(times: int) -> None:
        for _ in range(times):
            await operation()

    async def at_once(times: int) -> None:
        await asyncio.gather(*(operation() for _ in range(times)))

    match mode:
        case "blocking":
            return blocking
        case "in a row":
            return in_a_row
        case "at once":
            return at_once


async def _size(calls: Calls, seconds: float) -> int:
    """How many calls fill the time."""
    size = 1
    while True:
        began = time.perf_counter()
        await calls(size)
        took = time.perf_counter() - began
        if took > seconds / 5:
            return max(1, round(size * seconds / took))
        size *= 2


async def _round(calls: Calls, size: int, *, memory: bool) -> Round:
    gc.collect()
    before = resident(forget_peak=True) if memory else 0
    cpu, wall = time.process_time(), time.perf_counter()
    await calls(size)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = max(0, highest() - before) if memory else 0
    return Round(cpu / size, wall / size, peak)
