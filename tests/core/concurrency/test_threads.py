"""Works in threads: who does them, how they end, and what where no thread can be had."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextvars import ContextVar
from threading import Thread
from typing import Any

import pytest

from prefectkit.core.concurrency import threads
from prefectkit.core.concurrency.threads import Threads
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
    monkeypatch.setattr(threads, "IDLE", 0.01)


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


def results(team: Threads[Any], count: int) -> list[Any]:
    found = [run(team.next()) for _ in range(count)]
    run(team.end())
    return sorted(found)


def test_each_work_has_a_copy_of_its_callers_context_and_another_thread() -> None:
    team: Threads[Any] = Threads(2)
    for number in range(5):
        mark.set(f"m{number}")
        team.begin(lambda number=number: where(number))
    assert results(team, 5) == [(number, f"m{number}", False) for number in range(5)]


def test_there_are_as_many_threads_as_works_and_no_more_than_the_size() -> None:
    before = threading.active_count()
    gate = threading.Event()

    async def waiting() -> None:
        assert gate.wait(PATIENCE)

    team: Threads[None] = Threads(3)
    for expected in (1, 2, 3, 3, 3):
        team.begin(waiting)
        assert threading.active_count() - before == expected
    assert not team.has_news()
    gate.set()
    for _ in range(5):
        run(team.next())
    team.begin(waiting)
    assert threading.active_count() - before == 3
    run(team.end())
    assert team.has_news()


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), KeyboardInterrupt()])
def test_an_error_of_a_work_is_its_callers(error: BaseException) -> None:
    team: Threads[None] = Threads(1)
    team.begin(lambda: failing(error))
    with pytest.raises(type(error)) as caught:
        run(team.next())
    assert caught.value is error
    run(team.end())


def test_who_dismisses_its_threads_still_gets_what_they_do() -> None:
    team: Threads[Any] = Threads(1)
    team.begin(where)
    team.dismiss()
    assert results(team, 1) == [(0, "none", False)]


@pytest.mark.usefixtures("no_threads")
def test_where_no_thread_starts_the_caller_does_the_work() -> None:
    team: Threads[Any] = Threads(3)
    for number in range(3):
        team.begin(lambda number=number: where(number))
    assert results(team, 3) == [(number, "none", True) for number in range(3)]


def test_where_no_further_thread_starts_those_that_are_there_do_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    async def waiting() -> tuple[int, str, bool]:
        assert gate.wait(PATIENCE)
        return await where(-1)

    team: Threads[Any] = Threads(3)
    team.begin(waiting)
    with monkeypatch.context() as patch:
        patch.setattr(Thread, "start", lambda self: (_ for _ in ()).throw(RuntimeError("can't start new thread")))
        team.begin(where)
    gate.set()
    assert results(team, 2) == [(-1, "none", False), (0, "none", False)]


@pytest.mark.usefixtures("impatient")
def test_a_thread_without_work_ends_with_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    team: Threads[Any] = Threads(2)
    team.begin(where)
    run(team.next())
    assert team._threads[0].is_alive()
    monkeypatch.setattr(threads, "main_thread", lambda: Thread())
    team._threads[0].join(PATIENCE)
    # What is begun after that is done all the same: here by the caller, as no second thread is wanted.
    team.begin(where)
    assert results(team, 1) == [(0, "none", True)]


@pytest.mark.usefixtures("impatient")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_is_told_that_its_parent_does_the_work() -> None:
    begun, gate = threading.Event(), threading.Event()

    async def waiting() -> int:
        begun.set()
        assert gate.wait(PATIENCE)
        return 1

    team: Threads[int] = Threads(1)
    team.begin(waiting)
    assert begun.wait(PATIENCE)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            run(team.next())
        except PrefectKitError as error:
            code = 0 if "forked" in str(error) else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    gate.set()
    assert results(team, 1) == [1]
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
