"""All of 100,000 flow runs, page after page: rows in a second, and memory above the start."""

from __future__ import annotations

from benchmarks.comparison import compared, show
from benchmarks.harness import Effort, Measured, measure
from benchmarks.server import canned_server
from benchmarks.tables import Result, Target, mebibytes
from benchmarks.worker import Job

BOUND = 16 * 2**20
PASSES = 3


def run(effort: Effort) -> Result:
    """Measure it."""
    rows = effort.rows
    with canned_server() as url:
        jobs = [
            Job("official, async", "official:awaited", "iterate", (url, rows)),
            Job("prefectkit, async", "ours:awaited", "iterate", (url, None, rows)),
            Job("prefectkit prefetch, async", "ours:awaited", "iterate", (url, None, rows, True)),
            Job("httpx, async", "bare_httpx:awaited", "iterate", (url, rows)),
            Job("aiohttp, async", "bare_aiohttp:awaited", "iterate", (url, rows)),
            Job("official, sync", "official:blocking", "iterate", (url, rows)),
            Job("prefectkit, sync", "ours:blocking", "iterate", (url, None, rows)),
            Job("prefectkit prefetch, sync", "ours:blocking", "iterate", (url, None, rows, True)),
            Job("httpx, sync", "bare_httpx:blocking", "iterate", (url, rows)),
        ]
        jobs = [job._replace(size=1, memory=True, warm="page") for job in jobs]
        measured = measure(jobs, effort._replace(rounds=min(PASSES, effort.rounds)))

    def rate(one: Measured) -> str:
        return f"{rows / one.wall:,.0f}"

    head, lines = compared(
        measured,
        ["official", "httpx"],
        unit=lambda seconds: f"{seconds:.2f} s",
        more={"rows/s": rate, "peak memory": lambda one: mebibytes(one.peak)},
    )
    ours = [measured[label] for label in measured if label.startswith("prefectkit")]
    targets = [Target(f"peak memory, {one.label}", one.peak, BOUND, "≤ 16 MiB", mebibytes(one.peak)) for one in ours]
    notes = (
        f"{rows:,} rows in pages of 200, {len(ours[0].rounds)} times through. Memory is the highest of a pass above "
        "what was resident before it, one page having been read already. The official client, httpx and aiohttp have "
        "no iterator: theirs is a loop over pages. The server responds at once, from another core: with a real one, "
        "prefetching hides the time that it takes."
    )
    return Result("What does going through many rows cost?", head, lines, targets, notes)


if __name__ == "__main__":
    show(run)
