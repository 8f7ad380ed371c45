"""All questions, one after the other; the full run writes `RESULTS.md`.

python -m benchmarks.run
python -m benchmarks.run --quick
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count, getloadavg
from pathlib import Path

from benchmarks import (
    calls,
    cassettes,
    coldstart,
    concurrency,
    construction,
    decode,
    imports,
    in_process,
    installed,
    iterate,
    listing,
    own_cost,
)
from benchmarks.harness import FULL, QUICK
from benchmarks.tables import Result, targets_table, written

RESULTS = Path(__file__).with_name("RESULTS.md")
QUESTIONS = (
    imports,
    installed,
    coldstart,
    construction,
    own_cost,
    calls,
    decode,
    listing,
    iterate,
    concurrency,
    in_process,
    cassettes,
)
_PEERS = ("prefectkit", "prefect", "httpx", "httpcore", "aiohttp", "pyreqwest", "vcrpy", "msgspec", "pydantic")


def main() -> None:
    """Run them."""
    parser = argparse.ArgumentParser(description="Runs every benchmark.")
    parser.add_argument("--quick", action="store_true", help="few and short rounds, and nothing is written")
    quick = parser.parse_args().quick
    began = time.monotonic()
    results: list[Result] = []
    for question in QUESTIONS:
        started = time.monotonic()
        results.append(question.run(QUICK if quick else FULL))
        print(written(results[-1]), end="\n\n", flush=True)
        print(f"{question.__name__}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    took = time.monotonic() - began
    print(targets_table([target for result in results for target in result.targets]))
    print(f"\n{took:.0f} s", file=sys.stderr)
    if not quick:
        RESULTS.write_text(_results(results, took))


def _results(results: list[Result], took: float) -> str:
    day = datetime.now(UTC).date().isoformat()
    parts = [
        "# Results",
        "Written by `make bench`; [README.md](README.md) says how to read it. Ratios are to be trusted, as both sides "
        "were measured in turns in one run; the absolute numbers are this machine's.",
        f"{_machine()}. {day}, {took / 60:.0f} minutes, load at the end {getloadavg()[0]:.1f}.",
        f"Versions: {_versions()}.",
        "## Targets",
        targets_table([target for result in results for target in result.targets]),
        *(written(result) for result in results),
    ]
    return "\n\n".join(parts) + "\n"


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        cpu = names[0] if names else cpu
    implementation = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{cpu}, {cpu_count()} cores, {platform.system()} {platform.release()}, {implementation}"


def _versions() -> str:
    found: list[str] = []
    for name in _PEERS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} not installed")
    return ", ".join(found)


if __name__ == "__main__":
    main()
