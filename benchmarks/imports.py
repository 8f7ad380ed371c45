"""What importing a client costs: time, memory, modules; each in a clean environment and a fresh interpreter."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.comparison import NONE, at_most, show
from benchmarks.environments import python_of
from benchmarks.harness import Effort, Measured, ratio
from benchmarks.scripts import Script, start_each
from benchmarks.tables import Result, mebibytes, milliseconds, times
from benchmarks.worker import Round

OFFICIAL = "official: prefect.client.orchestration"
OURS = "prefectkit: Prefect, AsyncPrefect"
READY = "prefectkit: and a client with flow_runs made"
ALONE = "Python alone"

_CODE = """
import json, resource, sys, time
modules = len(sys.modules)
cpu, wall = time.process_time(), time.perf_counter()
{statement}
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
try:
    with open("/proc/self/status") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) * 1024
except OSError:
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps(dict(cpu=cpu, wall=wall, resident=resident, modules=len(sys.modules) - modules)))
"""

_CLIENT = "('http://127.0.0.1:4200/api')"


def run(effort: Effort) -> Result:
    """Measure it."""
    ours, official, peers = python_of("prefectkit"), python_of("prefect-client"), Path(sys.executable)
    statements = {
        OFFICIAL: (official, "import prefect.client.orchestration"),
        "official: and a client made": (
            official,
            f"from prefect.client.orchestration import SyncPrefectClient; SyncPrefectClient{_CLIENT}",
        ),
        "prefectkit": (ours, "import prefectkit"),
        OURS: (ours, "from prefectkit import AsyncPrefect, Prefect"),
        READY: (ours, f"from prefectkit import Prefect; Prefect{_CLIENT}.flow_runs.read"),
        "prefectkit.compat: get_client": (ours, "from prefectkit.compat import get_client"),
        "httpx": (ours, "import httpx"),
        "aiohttp": (peers, "import aiohttp"),
        ALONE: (ours, "pass"),
    }
    scripts = [
        Script(label, python, _CODE.format(statement=statement)) for label, (python, statement) in statements.items()
    ]
    said = {label: printed for label, (_, printed) in start_each(scripts, effort.starts).items()}
    measured = {label: Measured(label, [Round(one["cpu"], one["wall"], 0) for one in said[label]]) for label in said}
    memory = {label: median(one["resident"] for one in said[label]) for label in said}
    targets = (
        at_most(
            "import time, the two clients against the official ones", ratio(measured[OURS], measured[OFFICIAL]), 0.1
        ),
        at_most("memory after that import, the whole process", memory[OURS] / memory[OFFICIAL], 1 / 2.5),
    )
    head = ["", "CPU / official", "wall / official", "memory / official", "CPU", "wall", "memory", "modules"]
    return Result(
        "What does the import cost?",
        head,
        [_row(measured[label], measured[OFFICIAL], memory, said[label]) for label in said],
        targets,
        "Time is that of the statement, after the interpreter's own start. Memory is what is resident after it, all of "
        "the process. prefectkit and httpx: an environment with `pip install prefectkit`; official: `pip install "
        "prefect-client`.",
    )


def _row(
    one: Measured, official: Measured, memory: Mapping[str, float], said: Sequence[Mapping[str, Any]]
) -> list[str]:
    size = memory[one.label]
    modules = f"{said[0]['modules']:,}"
    if one.label == ALONE:
        return [one.label, NONE, NONE, times(size / memory[OFFICIAL]), NONE, NONE, mebibytes(size), NONE]
    return [
        one.label,
        times(ratio(one, official) or 0),
        times(ratio(one, official, "wall") or 0),
        times(size / memory[OFFICIAL]),
        milliseconds(one.cpu),
        milliseconds(one.wall),
        mebibytes(size),
        modules,
    ]


if __name__ == "__main__":
    show(run)
