from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from prefectkit_prometheus import Metrics

from prefectkit import AsyncPrefect, Prefect
from prefectkit.errors import ConnectError, NotFound
from prefectkit.plugins import Response
from prefectkit.plugins.testing import FakeServer, check_plugin

SERIES = re.compile(r'^(\w+)\{operation="(\w+)"(?:,\w+="(\w+)")?\} (\S+)$', re.MULTILINE)


@pytest.fixture
def server() -> FakeServer:
    server = FakeServer()
    server.route("GET", "/health", True)
    server.route("GET", "/admin/version", ConnectError("down"), Response(503), "3.8.8")
    return server


def counted(metrics: Metrics) -> dict[tuple[str, str, str], float]:
    return {
        (name, operation, more): float(value)
        for name, operation, more, value in SERIES.findall(metrics.text())
        if name != "prefectkit_call_seconds_total"
    }


def test_it_keeps_the_rules() -> None:
    check_plugin(Metrics())


def test_calls_are_counted_by_how_they_ended(server: FakeServer) -> None:
    metrics = Metrics()
    with Prefect(server.url, transport=server.transport, plugins=[metrics]) as client:
        client.health()
        client.health()
        client.version()
        with pytest.raises(NotFound):
            client.request("GET", "/nothing", check=True)
    assert counted(metrics) == {
        ("prefectkit_calls_total", "health", "200"): 2,
        ("prefectkit_calls_total", "version", "200"): 1,
        ("prefectkit_calls_total", "request", "404"): 1,
        ("prefectkit_retries_total", "version", "ConnectError"): 1,
        ("prefectkit_retries_total", "version", "ServerError"): 1,
    }


def test_clients_of_both_kinds_are_counted_together(server: FakeServer) -> None:
    metrics = Metrics()

    async def main() -> None:
        async with AsyncPrefect(server.url, transport=server.async_transport, plugins=[metrics]) as client:
            await client.health()

    anyio.run(main)
    with Prefect(server.url, transport=server.transport, plugins=[metrics]) as client:
        client.health()
    assert counted(metrics) == {("prefectkit_calls_total", "health", "200"): 2}


def test_the_text_is_what_prometheus_reads(server: FakeServer) -> None:
    metrics = Metrics()
    with Prefect(server.url, transport=server.transport, plugins=[metrics]) as client:
        client.health()
    lines = metrics.text().splitlines()
    assert lines[1:3] == [
        "# TYPE prefectkit_calls_total counter",
        'prefectkit_calls_total{operation="health",outcome="200"} 1',
    ]
    assert re.fullmatch(r'prefectkit_call_seconds_total\{operation="health"\} [0-9.e-]+', lines[5])
    assert metrics.text().endswith("\n")


def test_a_file_is_replaced_at_once(tmp_path: Path) -> None:
    file = tmp_path / "calls.prom"
    file.write_text("old")
    metrics = Metrics()
    metrics.write(file)
    assert file.read_text() == metrics.text()
    assert list(tmp_path.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o644
    with pytest.raises(FileNotFoundError):
        metrics.write(tmp_path / "nowhere" / "calls.prom")


def test_the_file_is_written_when_the_process_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_PROMETHEUS_FILE", str(tmp_path / "calls.prom"))
    subprocess.run([sys.executable, "-c", "import prefectkit_prometheus"], check=True)
    assert "# TYPE prefectkit_calls_total counter" in (tmp_path / "calls.prom").read_text()
