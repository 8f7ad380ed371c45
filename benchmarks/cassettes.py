"""Replaying a recording: our cassette against vcrpy with httpx."""

from __future__ import annotations

from benchmarks.comparison import compared, show
from benchmarks.data import RECORDED
from benchmarks.harness import QUICK, Effort, measure, ratio
from benchmarks.server import canned_server
from benchmarks.tables import Result, Target
from benchmarks.worker import Job

BOUND = 10.0


def run(effort: Effort) -> Result:
    """Measure it."""
    # Each recorded call as often as any other: one at the end of a cassette may take longer to find.
    size = len(RECORDED) * (1 if effort == QUICK else 3)
    with canned_server() as url:
        jobs = [
            Job("vcrpy and httpx, sync", "vcr_cassette:blocking", "read", (url,), size=size),
            Job("prefectkit, sync", "our_cassette:blocking", "read", (url,), size=size),
            Job("vcrpy and httpx, async", "vcr_cassette:awaited", "read", (url,), size=size),
            Job("prefectkit, async", "our_cassette:awaited", "read", (url,), size=size),
            Job("vcrpy and httpx, a whole cassette", "vcr_cassette:whole", "whole", (url,)),
            Job("prefectkit, a whole cassette", "our_cassette:whole", "whole", (url,)),
        ]
        measured = measure(jobs, effort)
    head, rows = compared(measured, ["vcrpy and httpx"])
    targets: list[Target] = []
    for kind in ("sync", "async"):
        share = ratio(measured[f"prefectkit, {kind}"], measured[f"vcrpy and httpx, {kind}"], "wall")
        more = None if share is None else 1 / share
        text = "-" if more is None else f"{more:.1f} times"
        targets.append(Target(f"calls/s from a cassette, {kind}", more, BOUND, "≥ 10 times", text, at_least=True))
    notes = (
        "A cassette with 100 flow runs, each read again and again, to objects and to dicts. *A whole cassette*: a "
        "client is made, the file is read, each of the 100 is replayed once, all is closed."
    )
    return Result("What does replaying a cassette cost?", head, rows, targets, notes)


if __name__ == "__main__":
    show(run)
