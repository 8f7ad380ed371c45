"""Calls while another thread is importing a module: it is in `sys.modules`, and lacks what it will have."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.faults.ledger import LedgerServer
from tests.reliability.bench import SURFACES, client_of, run, size
from tests.reliability.operations import KINDS
from tests.report import Capture, say

ROOT = Path(__file__).parents[2]
LOOKED_AT = (
    "httpx",
    "opentelemetry.metrics",
    "opentelemetry.trace",
    "prefect.client.cloud",
    "prefect.context",
    "prefect.exceptions",
)
"""What the SDK makes use of where somebody else has imported it."""
PARTS = ("Client", "AsyncClient", "HTTPTransport", "AsyncHTTPTransport")

SLOW = """
import time, types
_of_httpx = types.FunctionType((lambda: None).__code__, {{"__name__": "httpx._client"}})
for name in {parts}:
    time.sleep(0.03)
    globals()[name] = type(name, (), {{}})
    for method in ("send", "_transport_for_url", "handle_request", "handle_async_request"):
        time.sleep(0.003)
        setattr(globals()[name], method, _of_httpx)
"""
CALLS = """
import sys, threading
from prefectkit import Prefect
from tests.faults.ledger import LedgerServer

with LedgerServer() as server, Prefect(server.api) as client:
    client.variables.read_by_name("first")
    thread = threading.Thread(target=__import__, args=("httpx",))
    thread.start()
    made = during = 0
    while thread.is_alive() or not made:
        during += not hasattr(sys.modules.get("httpx"), "AsyncHTTPTransport")
        client.variables.read_by_name("first")
        made += 1
print(made, during)
"""
FIRST_USE = """
import importlib, random, sys, threading
import prefectkit
NAMES = [("prefectkit", name) for name in prefectkit.__all__]
for package in ("prefectkit.models", "prefectkit.models.filters", "prefectkit.transports", "prefectkit.compat"):
    NAMES += [(package, name) for name in {names}[package]]
start, failed = threading.Barrier(8), []

def use(seed):
    mine = random.Random(seed).sample(NAMES, len(NAMES))
    start.wait()
    for package, name in mine:
        try:
            getattr(importlib.import_module(package), name)
        except BaseException as error:
            failed.append((package, name, repr(error)))

sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=use, args=(f"{{sys.argv[1]}} {{number}}",)) for number in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not failed, failed[:5]
"""


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("loaded", range(len(PARTS) + 1))
def test_half_a_module_is_as_good_as_none(surface: str, loaded: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LOOKED_AT:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for name in PARTS[:loaded]:
        # The class is there, and its methods are not.
        monkeypatch.setattr(sys.modules["httpx"], name, type(name, (), {}), raising=False)

    async def main(server: LedgerServer) -> None:
        async with client_of(surface, server.api) as client:
            for name, kind in KINDS.items():
                kind.prepare(server.ledger, name)
                assert kind.is_right(await kind.call(client, name), name)

    with LedgerServer() as server:
        run(surface, main, server)


def test_calls_while_a_module_is_slowly_imported(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "httpx.py").write_text(SLOW.format(parts=PARTS))
    made, during = map(int, _run(CALLS, path=f"{tmp_path}:{ROOT}").split())
    say(capsys, f"T22 import races: survived {made}/{made}, {during} of them during the import")
    assert during >= 3


def test_the_first_use_of_everything_by_many_threads_at_once(capsys: Capture) -> None:
    import prefectkit

    packages = ("prefectkit.models", "prefectkit.models.filters", "prefectkit.transports", "prefectkit.compat")
    names = {package: list(__import__(package, fromlist=["x"]).__all__) for package in packages}
    times = size(2, 20)
    for seed in range(times):
        _run(FIRST_USE.format(names=names), str(seed))
    count = 8 * (len(prefectkit.__all__) + sum(map(len, names.values())))
    say(capsys, f"T22 first uses by 8 threads at once: survived {times * count}/{times * count}")


def _run(script: str, *arguments: str, path: str = str(ROOT)) -> str:
    environment = {"PYTHONPATH": path, "PREFECTKIT_PLUGINS": ""}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
