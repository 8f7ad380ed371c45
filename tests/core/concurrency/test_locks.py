"""Locks held while a token is fetched: one caller at a time, nobody waits beyond its deadline or for itself."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from prefectkit.core.errors import TransportTimeout
from prefectkit.core.io import AsyncIO, SyncIO, run
from prefectkit.core.retries.policy import Phase
from tests.fakes import AsyncFakeTransport, FakeTransport

PATIENCE = 30.0
LATE = r"another call was fetching a token, and had not got it within the 0\.05 s that this call had left"


@pytest.fixture
def io() -> SyncIO:
    return SyncIO(FakeTransport())


async def enter(io: Any, owner: object, seconds: float = PATIENCE) -> None:
    async with io.lock(owner, seconds):
        pass


def in_thread(io: SyncIO, owner: object, seconds: float) -> list[Exception]:
    """What another thread is told that wants the lock."""
    errors: list[Exception] = []

    def work() -> None:
        try:
            run(enter(io, owner, seconds))
        except TransportTimeout as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    return errors


def test_one_thread_at_a_time_is_let_in_by_each_owner(io: SyncIO) -> None:
    one, other = object(), object()
    inside: list[str] = []

    async def second() -> None:
        async with io.lock(one, PATIENCE):
            inside.append("second")

    async def first() -> None:
        async with io.lock(one, PATIENCE):
            thread = threading.Thread(target=lambda: run(second()))
            thread.start()
            assert in_thread(io, other, PATIENCE) == []
            inside.append("first")
        thread.join(PATIENCE)

    run(first())
    assert inside == ["first", "second"]


def test_nobody_waits_for_longer_than_it_has_time(io: SyncIO) -> None:
    async def hold() -> list[Exception]:
        async with io.lock(io, PATIENCE):
            started = time.monotonic()
            errors = in_thread(io, io, 0.05)
            assert time.monotonic() - started < PATIENCE / 2
            return errors

    (error,) = run(hold())
    with pytest.raises(TransportTimeout, match=LATE) as caught:
        raise error
    assert caught.value.phase is Phase.NOTHING_SENT
    assert caught.value.retryable
    # The lock was let go, and whoever gave up waits anew.
    assert in_thread(io, io, 0.05) == []
    run(enter(io, io))


@pytest.mark.parametrize("seconds", [0, -1])
def test_without_time_a_free_lock_is_taken_all_the_same(io: SyncIO, seconds: float) -> None:
    run(enter(io, io, seconds))
    run(enter(io, io, seconds))


@pytest.mark.parametrize("seconds", [1e10, 1e308, float("inf")])
def test_any_number_of_seconds_will_do(io: SyncIO, seconds: float) -> None:
    run(enter(io, io, seconds))
    assert in_thread(io, io, seconds) == []


def test_an_error_lets_the_lock_go(io: SyncIO) -> None:
    async def failing() -> None:
        async with io.lock(io, PATIENCE):
            raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            run(failing())
    assert in_thread(io, io, 0.05) == []


def test_a_thread_that_comes_again_is_let_through(io: SyncIO) -> None:
    async def handler(depth: int) -> None:
        async with io.lock(io, 0.05):
            if depth:
                await handler(depth - 1)

    async def hold() -> None:
        async with io.lock(io, PATIENCE):
            await handler(3)
            # It is still the outer one's.
            assert len(in_thread(io, io, 0.05)) == 1

    for _ in range(2):
        run(hold())
    assert in_thread(io, io, 0.05) == []


@pytest.mark.parametrize("lost", range(3))
def test_a_turn_that_is_lost_is_no_turn_taken(io: SyncIO, lost: int) -> None:
    """An exception out of a signal handler may strike where nothing catches it."""
    for _ in range(lost):
        turn = io.lock(io, PATIENCE)
        run(turn.__aenter__())
        del turn
    assert in_thread(io, io, 0.05) == []
    run(enter(io, io, 0.05))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_waits_for_no_thread_of_its_parent(io: SyncIO) -> None:
    held, release = threading.Event(), threading.Event()

    async def hold() -> None:
        async with io.lock(io, PATIENCE):
            held.set()
            assert release.wait(PATIENCE)

    thread = threading.Thread(target=lambda: run(hold()))
    thread.start()
    assert held.wait(PATIENCE)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            run(enter(io, io, 0.05))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert len(in_thread(io, io, 0.05)) == 1
    release.set()
    thread.join(PATIENCE)
    assert os.waitstatus_to_exitcode(status) == 0


@pytest.mark.anyio
async def test_one_task_at_a_time_is_let_in_by_each_owner() -> None:
    io = AsyncIO(AsyncFakeTransport())
    one, other = object(), object()
    inside: list[str] = []

    async def second() -> None:
        async with io.lock(one, PATIENCE):
            inside.append("second")

    async with anyio.create_task_group() as group:
        async with io.lock(one, PATIENCE), io.lock(other, PATIENCE):
            group.start_soon(second)
            await anyio.wait_all_tasks_blocked()
            inside.append("first")
    assert inside == ["first", "second"]


@pytest.mark.anyio
async def test_no_task_waits_for_longer_than_it_has_time() -> None:
    io = AsyncIO(AsyncFakeTransport())
    errors: list[TransportTimeout] = []

    async def waiting() -> None:
        with pytest.raises(TransportTimeout, match=LATE) as caught:
            await enter(io, io, 0.05)
        errors.append(caught.value)

    async with io.lock(io, PATIENCE):
        async with anyio.create_task_group() as group:
            group.start_soon(waiting)
    assert [error.phase for error in errors] == [Phase.NOTHING_SENT]
    for seconds in (0.05, 1e10, float("inf")):
        await enter(io, io, seconds)


@pytest.mark.anyio
async def test_a_task_that_comes_again_is_let_through() -> None:
    io = AsyncIO(AsyncFakeTransport())
    errors: list[Exception] = []

    async def waiting() -> None:
        try:
            await enter(io, io, 0.05)
        except TransportTimeout as error:
            errors.append(error)

    async with io.lock(io, PATIENCE):
        await enter(io, io, 0.05)
        # It is still the outer one's.
        async with anyio.create_task_group() as group:
            group.start_soon(waiting)
    assert len(errors) == 1


def test_each_event_loop_has_locks_of_its_own() -> None:
    io = AsyncIO(AsyncFakeTransport())
    inside: list[str] = []

    async def inner() -> None:
        async with io.lock(io, 0.05):
            inside.append("inner")

    async def outer() -> None:
        async with io.lock(io, PATIENCE):
            await anyio.to_thread.run_sync(lambda: anyio.run(inner, backend="trio"))

    anyio.run(outer, backend="asyncio")
    assert inside == ["inner"]
