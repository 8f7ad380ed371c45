"""How a question's result is written: targets, then a table with the ratios first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Target(NamedTuple):
    """A bound that a measurement is held against; nothing fails where it is not met.

    Attributes:
        what: What is measured, beside what.
        value: What was measured; None where it could not be.
        bound: What it should be.
        text: The bound in words.
        shown: The value in words.
        at_least: It should be the bound or more, instead of the bound or less.
    """

    what: str
    value: float | None
    bound: float
    text: str
    shown: str
    at_least: bool = False

    @property
    def met(self) -> str:
        if self.value is None:
            return "not measured"
        return "met" if (self.value >= self.bound if self.at_least else self.value <= self.bound) else "not met"


class Result(NamedTuple):
    """What one question's file finds out.

    Attributes:
        question: The question.
        head: The columns' titles.
        rows: The cells.
        targets: What is asked of it.
        notes: What a reader must know to read the numbers.
    """

    question: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    targets: Sequence[Target] = ()
    notes: str = ""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table that is also one on a terminal; all columns but the first are numbers."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first, *others = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {' | '.join([first.strip().ljust(widths[0]), *others])} |"

    rule = "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])])
    return "\n".join([line(head), f"|{rule}|", *map(line, rows)])


def targets_table(targets: Sequence[Target]) -> str:
    """The targets, what was measured, and whether that meets them."""
    rows = [[target.what, target.shown, target.text, target.met] for target in targets]
    return table(["target", "measured", "asked for", ""], rows)


def written(result: Result) -> str:
    """The whole result in Markdown."""
    parts = [f"## {result.question}", table(result.head, result.rows)]
    if result.notes:
        parts.append(result.notes)
    if result.targets:
        parts.append(targets_table(result.targets))
    return "\n\n".join(parts)


def times(ratio: float) -> str:
    """A ratio: `1/12.3` where it is small, `1.07` or `3.2` where it is not."""
    if ratio < 0.5:
        return f"1/{1 / ratio:.1f}"
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"


def microseconds(seconds: float) -> str:
    """`12.3 µs`, `1,234 µs`."""
    value = seconds * 1e6
    return f"{value:.1f} µs" if value < 100 else f"{value:,.0f} µs"


def milliseconds(seconds: float) -> str:
    """`12.3 ms`."""
    value = seconds * 1e3
    return f"{value:.2f} ms" if value < 10 else f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"


def mebibytes(size: float) -> str:
    """`12.3 MiB`."""
    return f"{size / 2**20:.1f} MiB"
