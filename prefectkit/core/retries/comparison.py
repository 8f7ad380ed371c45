"""Compares JSON that was sent with the JSON that the server has."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast


def is_same(sent: Any, found: Any, *, completed: bool = False) -> bool:
    """Whether the server has a value as it was sent.

    Args:
        sent: Decoded JSON that was sent.
        found: The server's value.
        completed: The server may have added members to objects, replaced null by an empty text, and written a time or a
            recurrence rule in another way. If False, the values must be equal.
    """
    match sent, found:
        case dict(), dict():
            wanted, there = cast("dict[str, Any]", sent), cast("dict[str, Any]", found)
            if not completed and wanted.keys() != there.keys():
                return False
            return all(is_same(value, there.get(name), completed=completed) for name, value in wanted.items())
        case list(), list():
            items, others = cast("list[Any]", sent), cast("list[Any]", found)
            return len(items) == len(others) and all(
                is_same(*pair, completed=completed) for pair in zip(items, others, strict=True)
            )
        case (bool(), _) | (_, bool()):
            # In Python, 1 == True.
            return sent is found
        case None, "":
            return completed
        case str(), str() if completed and sent != found:
            # The server adds a line with the start to a rule that has none.
            return found.endswith("\n" + sent) or _is_same_moment(sent, found)
        case _:
            return bool(sent == found)


def _is_same_moment(sent: str, found: str) -> bool:
    try:
        moments = datetime.fromisoformat(sent), datetime.fromisoformat(found)
    except ValueError:
        return False
    return moments[0] == moments[1]
