"""Whether the server has what was sent: JSON against JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast


def is_same(sent: Any, found: Any, *, completed: bool = False) -> bool:
    """Whether a value was kept as it was sent.

    Args:
        sent: Decoded JSON that was sent.
        found: What the server has in its place.
        completed: The server may have filled up objects with what was not sent, made an empty text of null, and
            written a time or a recurrence rule another way. Without this they are the user's own, and equal to the
            letter.
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
            # 1 is no True.
            return sent is found
        case None, "":
            return completed
        case str(), str() if completed and sent != found:
            # A rule without a start is given one, in a line before it.
            return found.endswith("\n" + sent) or _is_same_moment(sent, found)
        case _:
            return bool(sent == found)


def _is_same_moment(sent: str, found: str) -> bool:
    try:
        moments = datetime.fromisoformat(sent), datetime.fromisoformat(found)
    except ValueError:
        return False
    return moments[0] == moments[1]
