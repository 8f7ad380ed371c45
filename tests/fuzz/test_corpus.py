"""The inputs that are kept, and some thousand changes of them, break no target."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.mutate import corpus, mutated
from tests.fuzz.targets import TARGETS
from tests.reliability.bench import size
from tests.report import Capture, say

INPUTS = size(1000, 20_000)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_breaks_it(name: str, capsys: Capture) -> None:
    seeds, dice = corpus(name), Random(20)
    for data in [*seeds, *(mutated(seeds, dice) for _ in range(INPUTS))]:
        TARGETS[name](data)
    total = len(seeds) + INPUTS
    say(capsys, f"T20 fuzz {name}, {len(seeds)} inputs that are kept and changes of them: survived {total}/{total}")
    assert len(seeds) > 10


def test_what_breaks_a_target_is_reported(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.fuzz import __main__ as fuzz, targets\n"
        "def broken(data):\n"
        "    raise LookupError('broken')\n"
        "targets.TARGETS['address'] = broken\n"
        "fuzz.LED, fuzz.FOUND = False, Path(sys.argv[1])\n"
        "sys.exit(fuzz.main(['--one', 'address', '5', '1', '']))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "found")]
    ended = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1 and "LookupError: broken" in ended.stderr
    (found,) = (tmp_path / "found").iterdir()
    assert found.name.startswith("crash-")
