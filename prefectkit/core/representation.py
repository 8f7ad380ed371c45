"""The representation of a wrong value in an error message: short for any value."""

from __future__ import annotations

from types import FunctionType
from typing import Final
from uuid import UUID

MOST: Final = 100
"""Characters of a value that an error shows at most."""


def shown(value: object) -> str:
    """A value as an error message shows it: an object by its class, and its id or name if it has one."""
    if not isinstance(value, (str, bytes, int, float)):
        for key in ("id", "name"):
            # Classes and functions have a name too; they are shown by their `repr`.
            known = None if isinstance(value, type) else getattr(value, key, None)
            if isinstance(known, (str, int, UUID)):
                return f"{with_article(type(value).__name__)} with the {key} {_cut(str(known))!r}"
    return f"the function {value.__name__}" if isinstance(value, FunctionType) else _cut(repr(value))


def with_article(name: str) -> str:
    """A name after its article."""
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name}"


def instead(value: object, *keys: str) -> str:
    """The hint to pass an attribute of an object instead of it; empty if it has none of these attributes."""
    key = next((key for key in keys if isinstance(getattr(value, key, None), (str, int, UUID))), "")
    return f": pass its .{key}" if key else ""


def _cut(text: str) -> str:
    return text if len(text) <= MOST else f"{text[:MOST]}..."
