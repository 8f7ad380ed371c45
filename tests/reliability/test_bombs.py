"""Responses that grow without end, in a process of its own: each is refused, and takes no more memory than it may."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from prefectkit.transports.http import HTTPSettings
from tests.faults import Connection, FaultServer
from tests.faults.server import Fault
from tests.reliability.bench import SURFACES
from tests.reliability.bombs import BOMBS
from tests.report import Capture, say

ROOT = Path(__file__).parents[2]
MOST = HTTPSettings().max_body_bytes + (32 << 20)
REFUSALS = {"TransportError", "TransportTimeout", "IncompleteResponse"}

pytest.importorskip("resource")


class Growing(FaultServer):
    """Serves the bombs by name."""

    def fault_of(self, connection: Connection) -> Fault:
        return BOMBS.get(connection.name) or super().fault_of(connection)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Growing() as server:
        yield server.url


@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_bursts(surface: str, url: str, capsys: Capture) -> None:
    command = [sys.executable, "-m", "tests.reliability.bombs", surface, url]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    survived = sum(end in REFUSALS for end in seen["ends"].values())
    within = f"{seen['grown'] / (1 << 20):.0f} MiB of {MOST >> 20}"
    say(capsys, f"T17 bombs, {surface}: survived {survived}/{len(BOMBS)}, {within}")
    assert [(name, end) for name, end in seen["ends"].items() if end not in REFUSALS] == []
    assert seen["grown"] < MOST
