"""State of one process and of one event loop."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias, cast

import anyio
import pytest
import trio

from prefectkit.core.concurrency.loop_local import LoopLocal, ProcessLocal, has_ended, running_loop
from prefectkit.core.errors import ClientClosedError

Run: TypeAlias = Callable[[Callable[[], Coroutine[Any, Any, Any]]], Any]


def in_asyncio(main: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(main())


@pytest.fixture(params=[in_asyncio, trio.run], ids=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Run:
    return cast(Run, request.param)


class Value:
    """Notes in which loop it was closed."""

    closed_in: object = None

    async def aclose(self) -> None:
        self.closed_in = running_loop()


def test_a_process_has_one_value() -> None:
    values = ProcessLocal(Value)
    assert values.get() is values.get()


def test_a_forked_child_makes_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    values = ProcessLocal(Value)
    parents = values.get()
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert values.get() is not parents
    values.close()
    monkeypatch.undo()
    assert values.get() is parents


def test_of_two_threads_that_make_a_value_one_discards_its_own() -> None:
    both = threading.Barrier(2, timeout=10)
    discarded: list[Value] = []

    def make() -> Value:
        both.wait()
        return Value()

    values = ProcessLocal(make, discard=discarded.append)
    seen: list[Value] = []
    threads = [threading.Thread(target=lambda: seen.append(values.get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen[0] is seen[1]
    assert len(discarded) == 1
    assert discarded[0] is not seen[0]


def test_without_discard_the_other_value_is_dropped() -> None:
    first: list[Value] = []

    def make() -> Value:
        # As from a signal handler.
        if not first:
            first.append(Value())
            first.append(values.get())
        return Value()

    values = ProcessLocal(make)
    assert values.get() is values.get() is first[1]


def test_a_closed_one_makes_no_more() -> None:
    values = ProcessLocal(Value)
    value = values.get()
    assert values.close() is value
    assert values.close() is None
    with pytest.raises(ClientClosedError, match="make a new one"):
        values.get()


def test_a_loop_has_one_value(run: Run) -> None:
    values = LoopLocal(Value)

    async def main() -> Value:
        assert values.get() is None
        value = values.get_or_make()
        assert value is values.get() is values.get_or_make() is await values.start()
        return value

    assert run(main) is not run(main)


def test_another_thread_has_its_own() -> None:
    values = LoopLocal(Value)

    async def main() -> tuple[Value, Value]:
        here = values.get_or_make()
        there = await anyio.to_thread.run_sync(lambda: trio.run(values.start))
        assert values.get() is here
        return here, there

    here, there = asyncio.run(main())
    assert here is not there


@pytest.mark.slow
def test_values_of_ended_loops_are_forgotten(run: Run) -> None:
    made = 0

    class Counted(Value):
        def __init__(self) -> None:
            nonlocal made
            made += 1

        def __del__(self) -> None:
            nonlocal made
            made -= 1

    values = LoopLocal(Counted, Counted.aclose)

    async def main() -> None:
        await values.start()

    for _ in range(3):
        run(main)
        gc.collect()
        assert made == 1


def test_a_loop_that_ends_closes_its_value(run: Run) -> None:
    values = LoopLocal(Value, Value.aclose)

    async def main() -> tuple[Value, object]:
        await values.start()
        return await values.start(), running_loop()

    value, loop = run(main)
    assert value.closed_in == loop


def test_aclose_closes_that_of_the_running_loop(run: Run) -> None:
    values = LoopLocal(Value, Value.aclose)

    async def main() -> None:
        value = await values.start()
        await values.aclose()
        assert value.closed_in == running_loop()
        assert values.get() is None
        await values.aclose()
        with pytest.raises(ClientClosedError, match="make a new one"):
            await values.start()

    run(main)


def test_aclose_has_other_loops_close_theirs() -> None:
    values = LoopLocal(Value, Value.aclose)
    started, closed = threading.Event(), threading.Event()
    seen: list[object] = []

    async def other() -> None:
        value = await values.start()
        started.set()
        await anyio.to_thread.run_sync(closed.wait)
        gc.collect()
        with anyio.fail_after(10):
            while value.closed_in is None:
                await anyio.sleep(0.01)
        seen.extend([value.closed_in, running_loop()])

    thread = threading.Thread(target=lambda: asyncio.run(other()))
    thread.start()
    started.wait(10)
    asyncio.run(values.aclose())
    closed.set()
    thread.join(20)
    assert seen[0] is seen[1]


def test_close_hands_out_the_values(run: Run) -> None:
    values = LoopLocal(Value)

    async def make() -> Value:
        return values.get_or_make()

    async def main() -> None:
        other = await anyio.to_thread.run_sync(lambda: asyncio.run(make()))
        here = values._values[os.getpid(), running_loop()] = Value()
        assert values.close() == (here, [other])
        assert values.close() == (None, [])
        with pytest.raises(ClientClosedError):
            values.get_or_make()

    run(main)


def test_those_of_a_parent_process_stay(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    values = LoopLocal(Value, Value.aclose)

    async def main() -> None:
        parents = await values.start()
        monkeypatch.setattr(os, "getpid", lambda: -1)
        childs = await values.start()
        await values.aclose()
        assert parents.closed_in is None
        assert childs.closed_in is not None
        monkeypatch.undo()
        assert values.get() is parents

    run(main)


def test_no_loop_is_an_error() -> None:
    with pytest.raises(Exception, match="unknown async library"):
        running_loop()


def test_whether_a_loop_has_ended(run: Run) -> None:
    async def main() -> object:
        assert not has_ended(running_loop())
        return running_loop()

    assert has_ended(run(main))
