"""TaskPool that no scope owns."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from functools import partial

import anyio
import pytest
import sniffio

from prefectkit.core.concurrency.system_tasks import spawn_system_task

pytestmark = pytest.mark.anyio

variable: ContextVar[str] = ContextVar("variable", default="none")


async def test_it_outlives_its_starter_in_a_copy_of_the_callers_context() -> None:
    ended = anyio.Event()
    seen: list[str] = []

    async def run() -> None:
        await anyio.sleep(0)
        seen.append(variable.get())
        variable.set("changed")

    async def start() -> Callable[[], object]:
        variable.set("the caller's")
        return spawn_system_task(run, on_end=ended.set)

    cancel = await start()
    await ended.wait()
    del cancel
    assert seen == ["the caller's"]
    assert variable.get() == "the caller's"


async def test_it_runs_in_the_context_that_is_given_even_of_another_loop() -> None:
    ended = anyio.Event()
    seen: list[str] = []

    async def elsewhere() -> Context:
        variable.set("elsewhere")
        return copy_context()

    async def run() -> None:
        seen.extend([variable.get(), sniffio.current_async_library()])
        ended.set()

    other = "trio" if sniffio.current_async_library() == "asyncio" else "asyncio"
    context = await anyio.to_thread.run_sync(partial(anyio.run, elsewhere, backend=other))
    cancel = spawn_system_task(run, context=context)
    await ended.wait()
    del cancel
    assert seen == ["elsewhere", sniffio.current_async_library()]


async def test_it_is_cancelled() -> None:
    ended = anyio.Event()
    began = anyio.Event()

    async def run() -> None:
        began.set()
        await anyio.sleep_forever()

    cancel = spawn_system_task(run, on_end=ended.set)
    await began.wait()
    cancel()
    with anyio.fail_after(10):
        await ended.wait()


async def test_one_that_never_ran_ends_too() -> None:
    ended = anyio.Event()

    async def run() -> None:
        await anyio.sleep_forever()

    spawn_system_task(run, on_end=ended.set)()
    with anyio.fail_after(10):
        await ended.wait()
