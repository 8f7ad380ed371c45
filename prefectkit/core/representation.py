"""How an error shows the value that was refused: short, whatever it is."""

from __future__ import annotations

from typing import Final

MOST: Final = 100
"""Characters of a value that an error shows at most."""


def shown(value: object) -> str:
    """A value as an error quotes it: an object by its class, and its id or name where it has one."""
    if not isinstance(value, (str, bytes, int, float)):
        for key in ("id", "name"):
            # A class or a function has a name as well, and is shown by its `repr`.
            known = None if isinstance(value, type) else getattr(value, key, None)
            if known is not None:
                return f"a {type(value).__name__} with the {key} {_cut(str(known))!r}"
    return _cut(repr(value))


def instead(value: object, *keys: str) -> str:
    """Which attribute of an object to pass instead of it; empty where it has none of these."""
    key = next((key for key in keys if getattr(value, key, None) is not None), "")
    return f": pass its .{key}" if key else ""


def _cut(text: str) -> str:
    return text if len(text) <= MOST else f"{text[:MOST]}..."
