"""The examples run: over HTTP against the real server, and on the embedded one in a process of its own."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.faults.server import closed_port
from tests.real_server import RealServer, put_database

EXAMPLES = Path(__file__).parents[1] / "examples"
RUNS = 12

IN_PROCESS = f"import quickstart; quickstart.RUNS = {RUNS}; quickstart.main()"


@pytest.fixture
def quickstart(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module that both examples share, with fewer runs."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.syspath_prepend(str(EXAMPLES))
    monkeypatch.delitem(sys.modules, "quickstart", raising=False)
    import quickstart  # from the directory of the examples

    monkeypatch.setattr(quickstart, "RUNS", RUNS)
    return quickstart


def over_http(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["over_http.py", *arguments])
    runpy.run_path(str(EXAMPLES / "over_http.py"), run_name="__main__")


def rows(output: str) -> list[tuple[str, str]]:
    """State and number of each row with a bar."""
    return re.findall(r"^ *([A-Z]+) +([0-9]+) +█+ *$", output, re.MULTILINE)


BLOCKING = [("COMPLETED", "9"), ("FAILED", "2"), ("SCHEDULED", "1")]
ASYNC = [("COMPLETED", "10"), ("FAILED", "2")]


def test_over_http(
    quickstart: ModuleType, server: RealServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    over_http(monkeypatch, server.url)
    output = capsys.readouterr().out
    assert f"responds at {server.url}" in output
    assert rows(output) == BLOCKING + ASYNC
    assert "the server counts 2 failed runs" in output
    assert "0 runs are left" in output


def test_over_http_says_what_is_wrong(quickstart: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match=r"usage: python .*over_http.py URL, such as http"):
        over_http(monkeypatch)
    with pytest.raises(SystemExit, match=r"ConfigError: API URL 'host/api' has no scheme"):
        over_http(monkeypatch, "host/api")
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "0")
    with pytest.raises(SystemExit, match=r"ConnectError: version: cannot connect to .*: is the server running there"):
        over_http(monkeypatch, f"http://127.0.0.1:{closed_port()}/api")


@pytest.mark.server
def test_the_quickstart_on_the_embedded_server(tmp_path: Path) -> None:
    put_database(tmp_path / "data" / "server")
    own = {
        "PYTHONPATH": os.pathsep.join([str(EXAMPLES), str(EXAMPLES.parent)]),
        "PREFECTKIT_HOME": str(tmp_path / "data"),
        "COLUMNS": "200",
    }
    done = subprocess.run(
        [sys.executable, "-c", IN_PROCESS],
        env={**os.environ, **own, "PYTHONIOENCODING": "utf-8"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows(done.stdout) == BLOCKING + ASYNC
    assert "0 runs are left" in done.stdout
    assert "replayed them without the server: run-of-the-tape is Completed" in done.stdout
    assert "Traceback" not in done.stderr
    assert (tmp_path / "data" / "server" / "prefect.db").exists()
