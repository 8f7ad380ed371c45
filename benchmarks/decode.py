"""From the bytes of a response to objects: 1 and 200 flow runs."""

from __future__ import annotations

from benchmarks.comparison import at_most, compared, show
from benchmarks.harness import Effort, measure, ratio
from benchmarks.tables import Result
from benchmarks.worker import Job

_PEERS = {
    "official": ("official:decoded", ""),
    "official validate_json": ("official:decoded", ", validate_json"),
    "prefectkit": ("codecs:ours", ""),
    "msgspec": ("codecs:bare_msgspec", ""),
    "json.loads": ("codecs:standard_library", ""),
}


def run(effort: Effort) -> Result:
    """Measure it."""
    jobs = [
        Job(f"{peer}, {runs}", opener, operation + way)
        for runs, operation in (("1 run", "one"), ("200 runs", "page"))
        for peer, (opener, way) in _PEERS.items()
    ]
    measured = measure(jobs, effort)
    head, rows = compared(measured, ["official", "msgspec"])
    ours = measured["prefectkit, 200 runs"]
    targets = (
        at_most("decode 200 runs against the official models", ratio(ours, measured["official, 200 runs"]), 1 / 6),
        at_most(
            "decode 200 runs against msgspec into the same Structs", ratio(ours, measured["msgspec, 200 runs"]), 1.1
        ),
    )
    notes = (
        "*official* parses and validates as the official client's methods do; *validate_json* is the shorter way that "
        "pydantic has for the same models; *json.loads* checks nothing and gives dicts."
    )
    return Result("What does decoding cost?", head, rows, targets, notes)


if __name__ == "__main__":
    show(run)
