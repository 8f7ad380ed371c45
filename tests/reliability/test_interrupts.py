"""What may happen at any step of a call that blocks: an exception of a signal handler, another call, a fork.

Nothing may hang, no connection, lock or hook may be lost, and the next call gets its own response.
"""

from __future__ import annotations

import gc
import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prefectkit import Prefect
from prefectkit.core.errors import PluginError, PrefectKitError
from prefectkit.core.hooks import AuthFlow
from prefectkit.core.http.messages import Request
from prefectkit.plugins import guards, hookimpl
from prefectkit.transports.http import HTTPSettings, HTTPTransport
from tests.faults.ledger import LedgerServer
from tests.reliability.bench import size
from tests.reliability.steps import PATIENCE, Steps, in_time, steps_of
from tests.report import Capture, say

# A connection that is lost to an exception is closed when it is freed, and Python says so.
pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

MOST = 3
"""Connections. With one of them lost in each call there would soon be none."""


class Token:
    """Fetches a token for each call, and looks at each response."""

    @hookimpl
    def authenticate(self, request: Request) -> AuthFlow:
        given = yield request.sibling("GET", "/variables/name/token")
        request.headers["x-token"] = str(given.status)
        yield request

    @hookimpl
    def after_response(self, request: Request) -> None:
        assert request.method


class Soft(Exception):
    """As celery's soft time limit: what catches every Exception catches it, too."""


class Bench:
    """A client with few connections and little time, and two kinds of call."""

    def __init__(self, server: LedgerServer) -> None:
        transport = HTTPTransport(base_url=server.api, settings=HTTPSettings(max_connections=MOST))
        self.client = Prefect(server.api, transport=transport, plugins=[Token()], timeout=5, deadline=10)
        self.transport = transport
        self._numbers = itertools.count()

    def _name(self) -> str:
        return f"name-{os.getpid()}-{next(self._numbers)}"

    def read(self) -> str:
        name = self._name()
        assert self.client.variables.read_by_name(name).name == name
        return "right"

    def write(self) -> str:
        name = self._name()
        assert self.client.variables.create(name=name, value=1).name == name
        return "right"

    def assert_nothing_is_lost(self) -> None:
        free = self.transport._senders.get().pool._free
        assert free is not None and free.free == MOST
        assert guards._current_hooks == {}
        assert [lock.semaphore.free for lock in self.client._engine.io._locks.get().values()] == [1]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")
    with LedgerServer() as server:
        made = Bench(server)
        assert made.read() == made.write() == "right"
        yield made
        made.client.close()


def chosen(call: Callable[[], Any], count: int) -> list[int]:
    """So many of a call's steps, or each of them where there are fewer."""
    total = in_time(lambda: steps_of(call))
    return sorted({number * total // count for number in range(count)})


@pytest.mark.parametrize("error", [KeyboardInterrupt, Soft])
@pytest.mark.parametrize("kind", ["read", "write"])
def test_an_exception_at_any_step(kind: str, error: type[BaseException], bench: Bench, capsys: Capture) -> None:
    call: Callable[[], str] = getattr(bench, kind)
    open_before = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0

    def strike() -> None:
        raise error

    def interrupted(step: int) -> None:
        try:
            Steps(step, strike).run(call)
        except (error, PrefectKitError):
            pass
        assert call() == "right"
        bench.assert_nothing_is_lost()

    steps = chosen(call, size(30, 500))
    for step in steps:
        in_time(lambda step=step: interrupted(step))
    say(capsys, f"T26 {error.__name__} at a step of a {kind}: survived {len(steps)}/{len(steps)}")
    gc.collect()
    if sys.platform == "linux":
        assert len(list(Path("/proc/self/fd").iterdir())) <= open_before + 2 * MOST


@pytest.mark.parametrize("kind", ["read", "write"])
def test_another_call_of_the_same_thread_at_any_step(kind: str, bench: Bench, capsys: Capture) -> None:
    call: Callable[[], str] = getattr(bench, kind)
    nested: list[str] = []

    def handler() -> None:
        try:
            nested.append(call())
        except PluginError as error:
            # In the middle of a hook it is a call of the hook, for all that can be known.
            assert "hooks do no I/O" in str(error)
            nested.append("in a hook")

    def handled(step: int) -> None:
        assert Steps(step, handler).run(call) == "right"
        bench.assert_nothing_is_lost()

    steps = chosen(call, size(30, 500))
    for step in steps:
        in_time(lambda step=step: handled(step))
    assert len(nested) == len(steps)
    say(capsys, f"T27 another call at a step of a {kind}: survived {len(nested)}/{len(steps)}")
    assert nested.count("right") > len(nested) / 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_at_any_step_of_a_call_in_another_thread(bench: Bench, capsys: Capture) -> None:
    def child() -> bool:
        own = [bench.write()]
        threads = [threading.Thread(target=lambda: own.append(bench.write())) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE / 4)
        return own == ["right"] * 4

    def forked() -> int:
        pid = os.fork()
        if pid:
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        code = 1
        try:
            code = 0 if child() else 2
        finally:
            os._exit(code)

    def one(step: int) -> int:
        reached, go_on = threading.Event(), threading.Event()

        def wait() -> None:
            reached.set()
            assert go_on.wait(PATIENCE)

        ended: list[str] = []
        thread = threading.Thread(target=lambda: ended.append(Steps(step, wait).run(bench.write)))
        thread.start()
        try:
            assert reached.wait(PATIENCE)
            return in_time(forked)
        finally:
            go_on.set()
            thread.join(PATIENCE)
            assert ended == ["right"]

    steps = chosen(bench.write, size(10, 100))
    codes = [one(step) for step in steps]
    say(capsys, f"T28 a fork at a step of a call: survived {codes.count(0)}/{len(codes)}")
    assert set(codes) == {0}
    bench.assert_nothing_is_lost()
