"""An ASGI app in this process: our transport against httpx's."""

from __future__ import annotations

from benchmarks.comparison import at_most, compared, show
from benchmarks.harness import Effort, Measured, difference, measure
from benchmarks.peers.asgi_app import URL, app
from benchmarks.tables import Result
from benchmarks.worker import Job

APP = "the app alone, async"


def run(effort: Effort) -> Result:
    """Measure it."""
    jobs = [
        Job("official, async", "official:awaited", "read", (app,)),
        Job("prefectkit, async", "ours:awaited", "read", (app,)),
        Job("prefectkit transport only, async", "ours:asgi_transport", "bytes", (app,)),
        Job("prefectkit in a thread, sync", "ours:blocking", "read", (app,)),
        Job("httpx, async", "bare_httpx:awaited", "read", (URL, 0, app)),
        Job("httpx bytes only, async", "bare_httpx:awaited", "bytes", (URL, 0, app)),
        Job(APP, "asgi_app:direct", "bytes"),
    ]
    measured = measure(jobs, effort)
    head, rows = compared(measured, ["official", "httpx"])
    alone = measured[APP]

    def own(one: Measured) -> float:
        return difference(one, alone)

    targets = (
        at_most(
            "own cost of a call in process, decoded to objects, against httpx.ASGITransport with JSON",
            own(measured["prefectkit, async"]) / own(measured["httpx, async"]),
            1 / 2,
        ),
        at_most(
            "the same, bytes only: our transport against httpx.ASGITransport",
            own(measured["prefectkit transport only, async"]) / own(measured["httpx bytes only, async"]),
            1 / 2,
        ),
    )
    notes = "The app responds with bytes that it has ready. *Own cost* leaves out what the app takes by itself."
    return Result("What does a call to an app in this process cost?", head, rows, targets, notes)


if __name__ == "__main__":
    show(run)
