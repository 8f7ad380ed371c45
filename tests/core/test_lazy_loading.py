"""First uses that import a module: a fork waits for those of other threads, and what interrupts one is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from prefectkit.core.concurrency import lazy_loading
from prefectkit.core.concurrency.lazy_loading import loading
from prefectkit.core.errors import RequestError
from prefectkit.core.lazy_property import lazy_property

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0

SLOW = """
import os, signal, sys, threading, time
import prefectkit
from prefectkit import Prefect
from prefectkit.errors import RequestError
from tests.faults.ledger import LedgerServer

begun = threading.Event()

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r} and not begun.is_set():
            begun.set()
            {action}

sys.meta_path.insert(0, Slow())
"""
FORK = """
uses = [
    lambda: Prefect(server.api).variables.read_by_name("a").name,
    lambda: prefectkit.models.Completed().type.name,
]
with LedgerServer() as server:
    first = threading.Thread(target=uses[{use}])
    first.start()
    assert begun.wait(30)
    pid = os.fork()
    if not pid:
        signal.alarm(20)
        uses[{use}]()
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    first.join()
print(code)
"""
INTERRUPT = """
def handler(*_):
    try:
        said.append(client.variables.read_by_name("b").name)
    except RequestError as error:
        said.append(str(error))

said = []
signal.signal(signal.SIGUSR1, handler)
with LedgerServer() as server, Prefect(server.api) as client:
    assert client.variables.read_by_name("a").name == "a"
    assert said, "the handler was not called"
    os.kill(os.getpid(), signal.SIGUSR1)
print(*said, sep="\\n")
"""


def run(script: str) -> str:
    environment = {"PYTHONPATH": str(ROOT), "PREFECTKIT_PLUGINS": "", "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.parametrize(
    ("use", "name"),
    [
        (0, "prefectkit.resources.variables"),
        (0, "prefectkit.models.variables"),
        (1, "prefectkit.models.states"),
    ],
)
def test_a_child_that_is_forked_in_the_middle_of_a_first_use(use: int, name: str) -> None:
    slow = SLOW.format(name=name, action="time.sleep(0.5)")
    assert run(slow + FORK.format(use=use)) == "0\n"


@pytest.mark.skipif(not hasattr(os, "kill") or sys.platform == "win32", reason="no signals on this system")
# What is looked for while the modules that import it are in `sys.modules`.
@pytest.mark.parametrize("name", ["prefectkit.models.variables", "prefectkit.models.filters.variables"])
def test_a_signal_handler_in_the_middle_of_a_first_use(name: str) -> None:
    slow = SLOW.format(name=name, action="os.kill(os.getpid(), signal.SIGUSR1)")
    refused, *_, after = run(slow + INTERRUPT).splitlines()
    assert "interrupts the import of prefectkit." in refused
    assert after == "b"


def test_a_fork_waits_for_other_threads_and_for_no_longer_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy_loading, "LONGEST_WAIT", 0.3)
    begun, go_on = threading.Event(), threading.Event()

    def load() -> None:
        with loading(), loading():
            begun.set()
            go_on.wait(PATIENCE)

    thread = threading.Thread(target=load)
    thread.start()
    begun.wait(PATIENCE)
    start = time.monotonic()
    with loading():
        lazy_loading._before_fork()
    late = threading.Thread(target=load)
    late.start()
    assert time.monotonic() - start >= 0.3
    assert thread.ident in lazy_loading._loading
    assert late.ident not in lazy_loading._loading
    lazy_loading._after_fork()
    go_on.set()
    thread.join(PATIENCE)
    late.join(PATIENCE)
    assert lazy_loading._loading == set()


def test_a_child_forgets_the_threads_of_its_parent() -> None:
    with loading():
        lazy_loading._loading.add(-1)
        lazy_loading._in_child()
        assert lazy_loading._loading == {threading.get_ident()}


def test_a_system_without_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "register_at_fork", raising=False)
    lazy_loading._watch_forks.__wrapped__()
    with loading():
        assert threading.get_ident() in lazy_loading._loading


class Thing:
    """A thing with a part."""

    error: BaseException | None = None

    @lazy_property
    def part(self) -> list[int]:
        """The part."""
        if self.error is not None:
            raise self.error
        return []


def test_a_lazy_property_is_made_once() -> None:
    thing = Thing()
    assert thing.part is thing.part
    assert thing.part is not Thing().part
    assert isinstance(Thing.part, lazy_property)
    assert Thing.part.__doc__ == "The part."


def test_a_failed_import_raises_the_original_error(monkeypatch: pytest.MonkeyPatch) -> None:
    thing = Thing()
    thing.error = ImportError("no such name")
    with pytest.raises(ImportError, match="no such name"):
        _ = thing.part
    half: Any = ModuleType("half")
    half.__spec__ = SimpleNamespace(_initializing=True)
    monkeypatch.setitem(sys.modules, "half", half)
    thing.error = ImportError("no such name", name="half")
    with pytest.raises(RequestError, match=r"part cannot be used here.* the import of half in its own thread"):
        _ = thing.part
    thing.error = None
    assert thing.part == []
