"""Validation of names for which the server would return 500. They are refused before anything is sent."""

from __future__ import annotations

import re
from uuid import UUID

from prefectkit.core.errors import InvalidParameterError

_BANNED = re.compile(r"[/%&<>]")
_KEY = re.compile(r"[a-z0-9-]*")


def check_name(field: str, name: object) -> None:
    """Refuse a name with a character that the server bans from names. Other rules are left to the server.

    Raises:
        InvalidParameterError: The name has one of these characters.
    """
    if isinstance(name, str) and (found := _BANNED.search(name)):
        raise InvalidParameterError(
            f"{field} {name!r} has {found[0]!r}: the server does not accept the characters / % & < > here"
        )


def check_input_key(field: str, key: object) -> None:
    """Refuse a key of a run input with a character that the server does not accept.

    Raises:
        InvalidParameterError: The key has such a character.
    """
    if isinstance(key, str) and not _KEY.fullmatch(key):
        raise InvalidParameterError(f"{field} must only contain lowercase letters, numbers, and dashes, got {key!r}")


def looks_like_id(name: str) -> bool:
    """Whether a route that takes an id or a name would read this name as an id."""
    try:
        UUID(name)
    except ValueError:
        return False
    return True
