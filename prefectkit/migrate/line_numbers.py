"""Lines of a text, and where they are after it was changed."""

from __future__ import annotations

from difflib import SequenceMatcher
from io import StringIO


def lines_of(text: str) -> list[str]:
    """The lines with their ends, which a form feed is none of.

    Args:
        text: The text.
    """
    return list(StringIO(text, newline=""))


def line_numbers(before: str, after: str) -> list[int]:
    """For each line of a text, its number after a change; for one that is gone, that of what took its place.

    Args:
        before: The text.
        after: The changed text.
    """
    old, new = lines_of(before), lines_of(after)
    numbers: list[int] = []
    for _, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        numbers += [min(begin + each, max(stop - 1, begin)) + 1 for each in range(end - start)]
    return numbers
