"""Scripts in fresh interpreters, one start of each in turn."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.cores import MEASURED_CORE, pinned
from benchmarks.harness import Measured, clean_environment
from benchmarks.worker import Round


class Script(NamedTuple):
    """A script and the interpreter that runs it.

    Attributes:
        label: Its name in the table.
        python: The interpreter.
        code: The script. What it prints, if anything, is one JSON object.
    """

    label: str
    python: Path
    code: str


def start_each(scripts: Sequence[Script], starts: int) -> dict[str, tuple[Measured, list[dict[str, Any]]]]:
    """Start each script so often: seconds from start to end, by label, and what it printed."""
    rounds: dict[str, list[Round]] = {script.label: [] for script in scripts}
    printed: dict[str, list[dict[str, Any]]] = {script.label: [] for script in scripts}
    with tempfile.TemporaryDirectory() as home, pinned(MEASURED_CORE):
        for turn in range(-1, starts):
            for script in scripts:
                one, said = _start(script, home)
                # The first start of each finds no byte code and cold files.
                if turn >= 0:
                    rounds[script.label].append(one)
                    printed[script.label].append(said)
    return {label: (Measured(label, rounds[label]), printed[label]) for label in rounds}


def _start(script: Script, home: str) -> tuple[Round, dict[str, Any]]:
    began = time.perf_counter()
    # Isolated, and elsewhere: neither this folder nor what the caller has set up is found.
    command = [str(script.python), "-I", "-c", script.code]
    process = subprocess.Popen(command, cwd=home, env=clean_environment(home), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{script.label} ended with {process.returncode}")
    return Round(usage.ru_utime + usage.ru_stime, wall, 0), json.loads(output or "{}")
