"""The lines of a text, and their numbers after a change."""

from __future__ import annotations

from difflib import SequenceMatcher
from io import StringIO


def lines_of(text: str) -> list[str]:
    """The lines with their ends. A form feed does not end a line.

    Args:
        text: The text.
    """
    return list(StringIO(text, newline=""))


def line_numbers(before: str, after: str) -> list[int]:
    """The new number of each line of a text; for a removed line, the number of the line that replaced it.

    Args:
        before: The text.
        after: The changed text.
    """
    old, new = lines_of(before), lines_of(after)
    numbers: list[int] = []
    for _, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        numbers += [min(begin + offset, max(stop - 1, begin)) + 1 for offset in range(end - start)]
    return numbers
