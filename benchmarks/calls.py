"""One call over HTTP on an open connection: a flow run is read, by each client and each transport."""

from __future__ import annotations

from benchmarks.comparison import at_most, compared, show
from benchmarks.harness import Effort, measure, ratio
from benchmarks.server import canned_server
from benchmarks.tables import Result
from benchmarks.worker import Job


def run(effort: Effort) -> Result:
    """Measure it."""
    with canned_server() as url:
        jobs = [
            Job("official, async", "official:awaited", "read", (url,)),
            Job("prefectkit, async", "ours:awaited", "read", (url,)),
            Job("prefectkit aiohttp, async", "ours:awaited", "read", (url, "aiohttp")),
            Job("httpx, async", "bare_httpx:awaited", "read", (url,)),
            Job("httpx bytes only, async", "bare_httpx:awaited", "bytes", (url,)),
            Job("aiohttp, async", "bare_aiohttp:awaited", "read", (url,)),
            Job("pyreqwest, async", "bare_pyreqwest:awaited", "read", (url,)),
            Job("asyncio streams bytes only, async", "raw_socket:awaited", "bytes", (url,)),
            Job("official, sync", "official:blocking", "read", (url,)),
            Job("prefectkit, sync", "ours:blocking", "read", (url,)),
            Job("httpx, sync", "bare_httpx:blocking", "read", (url,)),
            Job("pyreqwest, sync", "bare_pyreqwest:blocking", "read", (url,)),
            Job("socket bytes only, sync", "raw_socket:blocking", "bytes", (url,)),
        ]
        measured = measure(jobs, effort)
    head, rows = compared(measured, ["official", "httpx"])
    official = measured["official, async"]
    targets = (
        at_most(
            "CPU per call, httpx transport, async, against official",
            ratio(measured["prefectkit, async"], official),
            0.65,
        ),
        at_most(
            "CPU per call, httpx transport, async, against bare httpx",
            ratio(measured["prefectkit, async"], measured["httpx, async"]),
            1.0,
        ),
        at_most(
            "CPU per call, httpx transport, sync, against official",
            ratio(measured["prefectkit, sync"], measured["official, sync"]),
            0.6,
        ),
        at_most(
            "CPU per call, fastest extra (aiohttp), against official async",
            ratio(measured["prefectkit aiohttp, async"], official),
            1 / 8,
        ),
    )
    notes = (
        "One flow run of 1.9 kB, decoded to objects by the Prefect clients, to dicts by the others; *bytes only* "
        "leaves it as it comes."
    )
    return Result("What does one call cost over HTTP?", head, rows, targets, notes)


if __name__ == "__main__":
    show(run)
