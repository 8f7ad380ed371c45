"""Many calls at once in one event loop: 1,000 reads, and 2,000 creates."""

from __future__ import annotations

from benchmarks.comparison import compared, show
from benchmarks.harness import QUICK, Effort, Measured, measure
from benchmarks.server import canned_server
from benchmarks.tables import Result
from benchmarks.worker import Job

ROUNDS = 3
_READS, _CREATES = 1_000, 2_000


def run(effort: Effort) -> Result:
    """Measure it."""
    # A tenth shows as well that it works.
    share = 10 if effort == QUICK else 1
    kinds = {f"{_READS // share:,} reads": ("read", _READS // share)}
    kinds[f"{_CREATES // share:,} creates"] = ("create", _CREATES // share)
    with canned_server() as url:
        peers = {
            "official": ("official:awaited", (url,)),
            "prefectkit": ("ours:awaited", (url,)),
            "prefectkit aiohttp": ("ours:awaited", (url, "aiohttp")),
            "httpx": ("bare_httpx:awaited", (url,)),
            "aiohttp": ("bare_aiohttp:awaited", (url,)),
            "pyreqwest": ("bare_pyreqwest:awaited", (url,)),
        }
        jobs = [
            Job(f"{peer}, {kind}", opener, operation, args, "at once", size)
            for kind, (operation, size) in kinds.items()
            for peer, (opener, args) in peers.items()
        ]
        jobs += [
            Job(
                f"asyncio streams bytes only, {kind}",
                "raw_socket:awaited",
                "bytes" if operation == "read" else operation,
                (url, 16),
                "at once",
                size,
            )
            for kind, (operation, size) in kinds.items()
        ]
        measured = measure(jobs, effort._replace(rounds=min(ROUNDS, effort.rounds)))

    def rate(one: Measured) -> str:
        return f"{1 / one.wall:,.0f}"

    head, rows = compared(measured, ["official", "httpx"], more={"calls/s": rate})
    notes = "All of them are started together, on at most 16 connections. Figures are for one call."
    return Result("What do many calls at once cost?", head, rows, notes=notes)


if __name__ == "__main__":
    show(run)
