"""One page of 200 flow runs over HTTP, to objects."""

from __future__ import annotations

from benchmarks.comparison import compared, show
from benchmarks.harness import Effort, measure
from benchmarks.server import canned_server
from benchmarks.tables import Result, milliseconds
from benchmarks.worker import Job


def run(effort: Effort) -> Result:
    """Measure it."""
    with canned_server() as url:
        jobs = [
            Job("official, async", "official:awaited", "page", (url,)),
            Job("prefectkit, async", "ours:awaited", "page", (url,)),
            Job("prefectkit aiohttp, async", "ours:awaited", "page", (url, "aiohttp")),
            Job("httpx, async", "bare_httpx:awaited", "page", (url,)),
            Job("aiohttp, async", "bare_aiohttp:awaited", "page", (url,)),
            Job("pyreqwest, async", "bare_pyreqwest:awaited", "page", (url,)),
            Job("asyncio streams bytes only, async", "raw_socket:awaited", "page", (url,)),
            Job("official, sync", "official:blocking", "page", (url,)),
            Job("prefectkit, sync", "ours:blocking", "page", (url,)),
            Job("httpx, sync", "bare_httpx:blocking", "page", (url,)),
            Job("socket bytes only, sync", "raw_socket:blocking", "page", (url,)),
        ]
        measured = measure(jobs, effort)
    head, rows = compared(measured, ["official", "httpx"], unit=milliseconds)
    notes = "380 kB of JSON; the Prefect clients make objects of it, httpx and aiohttp dicts."
    return Result("What does a list of 200 cost?", head, rows, notes=notes)


if __name__ == "__main__":
    show(run)
