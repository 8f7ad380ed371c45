"""A new client in a running process: made and closed, and with its first call."""

from __future__ import annotations

from benchmarks.comparison import compared, show
from benchmarks.harness import Effort, measure
from benchmarks.server import canned_server
from benchmarks.tables import Result, microseconds
from benchmarks.worker import Job

_PEERS = {
    "official": ("official", "sync", "async"),
    "prefectkit": ("ours", "sync", "async"),
    "httpx": ("bare_httpx", "sync", "async"),
    "aiohttp": ("bare_aiohttp", "async"),
}
_OPERATIONS = {"construct": "made and closed", "first": "first call"}


def run(effort: Effort) -> Result:
    """Measure it."""
    with canned_server() as url:
        jobs = [
            Job(
                f"{peer}, {what} {kind}",
                f"{module}:fresh_{'blocking' if kind == 'sync' else 'awaited'}",
                operation,
                (url,),
            )
            for operation, what in _OPERATIONS.items()
            for peer, (module, *kinds) in _PEERS.items()
            for kind in kinds
        ]
        measured = measure(jobs, effort)
    head, rows = compared(measured, ["official", "httpx"], unit=microseconds)
    notes = "Everything is imported already. A first call opens a connection, reads one flow run and closes the client."
    return Result("What does a new client cost, and its first call?", head, rows, notes=notes)


if __name__ == "__main__":
    show(run)
