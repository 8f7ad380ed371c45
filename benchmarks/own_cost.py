"""The SDK's own cost of a call, over a transport that responds at once, and what plugins add to it."""

from __future__ import annotations

from benchmarks.comparison import NONE, at_most, show, shown
from benchmarks.harness import Effort, Measured, difference, measure, ratio
from benchmarks.tables import Result, Target, microseconds
from benchmarks.worker import Job

BOUND = 15e-6
IDLE = 1e-6
MANY = 10
HOOKS = ("before_call", "throttle", "authenticate", "before_send", "after_response", "after_call")
DECODE = "the decoder alone"


def run(effort: Effort) -> Result:
    """Measure it."""
    jobs = [Job(DECODE, "codecs:bare_msgspec", "one")]
    # How many idle hooks a call goes through.
    hooks: dict[str, int] = {}
    for kind, opener in (("sync", "null:blocking"), ("async", "null:awaited")):
        jobs.append(Job(f"prefectkit, {kind}", opener, "read"))
        for count in (1, MANY):
            jobs.append(Job(f"with {count} idle plugins of {len(HOOKS)} hooks, {kind}", opener, "read", (count,)))
            hooks[jobs[-1].label] = count * len(HOOKS)
    for hook in HOOKS:
        jobs.append(Job(f"with {MANY} idle {hook}, sync", "null:blocking", "read", (MANY, hook)))
        hooks[jobs[-1].label] = MANY
    measured = measure(jobs, effort)
    plain = {kind: measured[f"prefectkit, {kind}"] for kind in ("sync", "async")}
    each = {label: _each(measured[label], plain[label.rpartition(", ")[2]], count) for label, count in hooks.items()}
    targets: list[Target] = []
    for kind, one in plain.items():
        own = difference(one, measured[DECODE])
        targets += [
            Target(f"own cost of a call, {kind}, decode not counted", own, BOUND, "≤ 15 µs", microseconds(own)),
            at_most(f"a call against its decode, {kind}", ratio(one, measured[DECODE]), 5.0),
        ]
    worst = max(each, key=lambda label: each[label])
    targets.append(Target(f"an idle hook, {worst}", each[worst], IDLE, "≤ 1 µs", microseconds(each[worst])))
    head = ["", "CPU / decode", "CPU", "own cost", "each hook", "wall"]
    notes = (
        "One flow run is read and decoded to objects, with the built-in plugins that every client has. *Own cost* "
        "leaves out what the decoder alone takes; *each hook* is what a hook that does nothing adds. The first plugin "
        "of a client costs more than each further one."
    )
    rows = [_row(one, measured[DECODE], each.get(label)) for label, one in measured.items()]
    return Result("What does a call cost without any network?", head, rows, targets, notes)


def _each(one: Measured, plain: Measured, hooks: int) -> float:
    return difference(one, plain) / hooks


def _row(one: Measured, decode: Measured, each: float | None) -> list[str]:
    own = NONE if one is decode else microseconds(difference(one, decode))
    hook = NONE if each is None else microseconds(each)
    return [one.label, shown(ratio(one, decode)), microseconds(one.cpu), own, hook, microseconds(one.wall)]


if __name__ == "__main__":
    show(run)
