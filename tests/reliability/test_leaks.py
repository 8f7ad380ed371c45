"""A long life of a client, in a process of its own, with a server that fails now and then: nothing piles up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.bench import SURFACES, size
from tests.report import Capture, say

ROOT = Path(__file__).parents[2]
WARM = size(400, 10_000)
COUNT = size(700, 35_000)
TRACED = size(1500, 3000)
"""Calls: trio forgets passed deadlines when it has a thousand of them, so fewer calls would look like a leak."""
FAULTS = "0.05"
MOST = 4 << 20
"""Bytes."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server in a process of its own."""
    command = [sys.executable, "-m", "tests.faults", FAULTS]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what is in memory is read from /proc")
@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_piles_up(surface: str, url: str, capsys: Capture) -> None:
    command = [sys.executable, "-m", "tests.reliability.leaks", surface, url, *map(str, (WARM, COUNT, TRACED))]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    seen: dict[str, Any] = json.loads(ended.stdout)
    survived = sum([seen["grown"] < MOST, not seen["left"], not seen["sites"]])
    grown = f"{seen['grown'] / 1024:+.0f} KiB"
    say(
        capsys,
        f"T12 leaks, {surface}, {COUNT} calls after {WARM}: survived {survived}/3; memory {grown}, "
        f"left {seen['left'] or 'nothing'}, lines that pile up: {len(seen['sites'])}",
    )
    assert seen["grown"] < MOST
    assert seen["left"] == {}
    assert seen["sites"] == []
