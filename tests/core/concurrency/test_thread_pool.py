"""A thread pool: which thread runs what, how it ends, and what happens if no thread can be started."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextvars import ContextVar
from functools import partial
from threading import Thread
from typing import Any

import pytest

from prefectkit.core.concurrency import thread_pool
from prefectkit.core.concurrency.thread_pool import ThreadPool
from prefectkit.core.errors import PrefectKitError
from prefectkit.core.io import run

PATIENCE = 30.0

mark: ContextVar[str] = ContextVar("mark", default="none")


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Any:
    before = set(threading.enumerate())
    token = mark.set("none")
    yield
    mark.reset(token)
    assert set(threading.enumerate()) <= before


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long before looking around."""
    monkeypatch.setattr(thread_pool, "IDLE", 0.01)


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Python says while the interpreter ends."""

    def start(self: Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(Thread, "start", start)


async def where(value: int = 0) -> tuple[int, str, bool]:
    """The value, the context, and whether this is the caller's thread."""
    return value, mark.get(), threading.current_thread() is threading.main_thread()


async def failing(error: BaseException) -> None:
    raise error


def results(pool: ThreadPool[Any], count: int) -> list[Any]:
    found = [run(pool.next_finished()) for _ in range(count)]
    run(pool.shutdown())
    return sorted(found)


def test_each_work_has_a_copy_of_its_callers_context_and_another_thread() -> None:
    pool: ThreadPool[Any] = ThreadPool(2)
    for number in range(5):
        mark.set(f"m{number}")
        pool.submit(partial(where, number))
    assert results(pool, 5) == [(number, f"m{number}", False) for number in range(5)]


def test_there_are_as_many_threads_as_works_and_no_more_than_the_size() -> None:
    before = threading.active_count()
    gate = threading.Event()

    async def waiting() -> None:
        assert gate.wait(PATIENCE)

    pool: ThreadPool[None] = ThreadPool(3)
    for expected in (1, 2, 3, 3, 3):
        pool.submit(waiting)
        assert threading.active_count() - before == expected
    assert not pool.has_finished()
    gate.set()
    for _ in range(5):
        run(pool.next_finished())
    pool.submit(waiting)
    assert threading.active_count() - before == 3
    run(pool.shutdown())
    assert pool.has_finished()


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), KeyboardInterrupt()])
def test_an_error_of_a_work_is_its_callers(error: BaseException) -> None:
    pool: ThreadPool[None] = ThreadPool(1)
    pool.submit(lambda: failing(error))
    with pytest.raises(type(error)) as caught:
        run(pool.next_finished())
    assert caught.value is error
    run(pool.shutdown())


def test_who_dismisses_its_threads_still_gets_what_they_do() -> None:
    pool: ThreadPool[Any] = ThreadPool(1)
    pool.submit(where)
    pool.close()
    assert results(pool, 1) == [(0, "none", False)]


@pytest.mark.usefixtures("no_threads")
def test_where_no_thread_starts_the_caller_does_the_work() -> None:
    pool: ThreadPool[Any] = ThreadPool(3)
    for number in range(3):
        pool.submit(partial(where, number))
    assert results(pool, 3) == [(number, "none", True) for number in range(3)]


def test_where_no_further_thread_starts_those_that_are_there_do_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    async def waiting() -> tuple[int, str, bool]:
        assert gate.wait(PATIENCE)
        return await where(-1)

    pool: ThreadPool[Any] = ThreadPool(3)
    pool.submit(waiting)
    with monkeypatch.context() as patch:
        patch.setattr(Thread, "start", lambda self: (_ for _ in ()).throw(RuntimeError("can't start new thread")))
        pool.submit(where)
    gate.set()
    assert results(pool, 2) == [(-1, "none", False), (0, "none", False)]


@pytest.mark.usefixtures("impatient")
def test_who_waits_long_looks_whether_a_thread_lives_and_waits_on(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = threading.Event()
    is_alive = Thread.is_alive

    def looking(self: Thread) -> bool:
        looked.set()
        return is_alive(self)

    async def slow() -> bool:
        return looked.wait(PATIENCE)

    monkeypatch.setattr(Thread, "is_alive", looking)
    pool: ThreadPool[bool] = ThreadPool(1)
    pool.submit(slow)
    assert results(pool, 1) == [True]


@pytest.mark.usefixtures("impatient")
def test_a_thread_without_work_ends_with_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    pool: ThreadPool[Any] = ThreadPool(2)
    pool.submit(where)
    run(pool.next_finished())
    looked = threading.Event()

    def main_thread() -> Thread:
        looked.set()
        return threading.main_thread()

    monkeypatch.setattr(thread_pool, "main_thread", main_thread)
    assert looked.wait(PATIENCE)
    pool.submit(where)
    assert results(pool, 1) == [(0, "none", False)]
    monkeypatch.setattr(thread_pool, "main_thread", lambda: Thread())
    pool._threads[0].join(PATIENCE)
    # What is begun after that is done all the same: here by the caller, as no second thread is wanted.
    pool.close()
    pool.submit(where)
    assert results(pool, 1) == [(0, "none", True)]


@pytest.mark.usefixtures("impatient")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_is_told_that_its_parent_does_the_work() -> None:
    begun, gate = threading.Event(), threading.Event()

    async def waiting() -> int:
        begun.set()
        assert gate.wait(PATIENCE)
        return 1

    pool: ThreadPool[int] = ThreadPool(1)
    pool.submit(waiting)
    assert begun.wait(PATIENCE)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            run(pool.next_finished())
        except PrefectKitError as error:
            code = 0 if "forked" in str(error) else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    gate.set()
    assert results(pool, 1) == [1]
    assert os.waitstatus_to_exitcode(status) == 0


SERVER = """
from prefectkit import Prefect
from prefectkit.plugins.testing import FakeServer

server = FakeServer({("GET", "/health"): True})
client = Prefect(server.url, transport=server.transport)
"""

AT_EXIT = (
    SERVER
    + """
import atexit

flows = [{"id": f"0195f3a0-0000-7000-8000-00000000000{number}", "name": "etl"} for number in range(5)]
server.route("POST", "/flows/filter", flows[:2], flows[2:4], flows[4:])

def bulk():
    print(client.bulk(lambda _: client.health(), range(3)).results())

def prefetch():
    print(len(list(client.with_options(prefetch=True).flows.iterate())))

atexit.register(bulk)
atexit.register(prefetch)
"""
)

LEFT_OPEN = (
    SERVER
    + """
left = client.bulk(lambda _: client.health(), range(3))
print(next(left).result())
"""
)


@pytest.mark.parametrize(
    ("program", "printed"), [(AT_EXIT, ["5", "[True, True, True]"]), (LEFT_OPEN, ["True"])], ids=["exit", "left"]
)
def test_at_the_end_of_a_program(program: str, printed: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.splitlines(), done.stderr, done.returncode) == (printed, "", 0)
