"""Names that the server fails at with 500, instead of refusing them: they are refused before they are sent."""

from __future__ import annotations

import re
from uuid import UUID

from prefectkit.core.errors import InvalidParameterError

_BANNED = re.compile(r"[/%&<>]")
_KEY = re.compile(r"[a-z0-9-]*")


def check_name(field: str, name: object) -> None:
    """Refuse a name that has a character which the server lets no name have.

    Raises:
        InvalidParameterError: It has one; other faults of a name are the server's to tell.
    """
    if isinstance(name, str) and (found := _BANNED.search(name)):
        raise InvalidParameterError(
            f"{field} {name!r} has {found[0]!r}: the server takes none of the characters / % & < > here"
        )


def check_key(field: str, key: object) -> None:
    """Refuse a key that has other characters than those which the server takes.

    Raises:
        InvalidParameterError: It has.
    """
    if isinstance(key, str) and not _KEY.fullmatch(key):
        raise InvalidParameterError(f"{field} must only contain lowercase letters, numbers, and dashes, got {key!r}")


def looks_like_id(name: str) -> bool:
    """Whether a route that takes an id or a name would take it for an id."""
    try:
        UUID(name)
    except ValueError:
        return False
    return True
