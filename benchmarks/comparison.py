"""The table that most questions share: peers below each other, those to compare with beside them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

from benchmarks.harness import FULL, QUICK, Effort, Measured, ratio
from benchmarks.tables import Result, Target, microseconds, times, written

NONE = "-"


def compared(
    measured: Mapping[str, Measured],
    references: Sequence[str],
    *,
    unit: Callable[[float], str] = microseconds,
    more: Mapping[str, Callable[[Measured], str]] | None = None,
) -> tuple[list[str], list[list[str]]]:
    """Head and rows.

    Args:
        measured: By label. A label such as `httpx, async` is compared within its kind, what follows the comma.
        references: What each is compared with, without the kind.
        unit: Writes seconds.
        more: Further columns.
    """
    more = more or {}
    head = ["", *(f"CPU / {reference}" for reference in references), "wall / " + references[0], "CPU", "wall", *more]
    rows: list[list[str]] = []
    for label, one in measured.items():
        if one.absent:
            rows.append([label, *[NONE] * (len(head) - 1)])
            continue
        others = [measured.get(_same_kind(label, reference, measured)) for reference in references]
        rows.append(
            [
                label,
                *(shown(ratio(one, other)) for other in others),
                shown(ratio(one, others[0], "wall")),
                unit(one.cpu),
                unit(one.wall),
                *(cell(one) for cell in more.values()),
            ]
        )
    return head, rows


def _same_kind(label: str, reference: str, measured: Mapping[str, Measured]) -> str:
    kind = label.rpartition(", ")[2]
    return f"{reference}, {kind}" if f"{reference}, {kind}" in measured else reference


def shown(value: float | None) -> str:
    """A ratio, or a dash where there is none."""
    return NONE if value is None else times(value)


def at_most(what: str, value: float | None, bound: float) -> Target:
    """A ratio that should be small."""
    text = f"≤ 1/{1 / bound:g}" if bound < 0.51 else f"≤ {bound:g}"
    return Target(what, value, bound, text, shown(value))


def show(result: Callable[[Effort], Result]) -> None:
    """What each question does when it is run by itself."""
    parser = argparse.ArgumentParser(description="Prints one table.")
    parser.add_argument("--quick", action="store_true", help="few and short rounds: to see that it works")
    print(written(result(QUICK if parser.parse_args().quick else FULL)))
