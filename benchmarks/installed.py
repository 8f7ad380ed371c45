"""What `pip install` brings: distributions, and their size on disk."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

from benchmarks.comparison import at_most, show
from benchmarks.environments import packages_of
from benchmarks.harness import Effort
from benchmarks.tables import Result, Target, mebibytes, times

MOST = 12


def run(effort: Effort) -> Result:
    """Count it."""
    official = packages_of("prefect-client")
    ours = packages_of("prefectkit")
    sizes = {folder: _size(folder) for folder in (ours, official)}
    counts = {folder: sum(1 for _ in distributions(path=[str(folder)])) for folder in (ours, official)}
    rows = [
        [
            product,
            times(sizes[folder] / sizes[official]),
            times(counts[folder] / counts[official]),
            mebibytes(sizes[folder]),
            str(counts[folder]),
        ]
        for product, folder in (("prefectkit", ours), ("prefect-client", official))
    ]
    targets = (
        Target("distributions installed", counts[ours], MOST, f"≤ {MOST}", str(counts[ours])),
        at_most("size on disk against prefect-client", sizes[ours] / sizes[official], 1 / 5),
    )
    head = ["", "size / official", "distributions / official", "size on disk", "distributions"]
    notes = (
        "The product itself is counted, pip is not. Sizes are those of the files, with the byte code that pip writes."
    )
    return Result("How much is installed?", head, rows, targets, notes)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


if __name__ == "__main__":
    show(run)
