"""Names that Prefect's own request objects refuse when they are made: the flat methods do, before anything is sent."""

from __future__ import annotations

import re

from prefectkit.core.errors import InvalidParameterError
from prefectkit.models.name_checks import check_name

_SLUG = re.compile(r"[a-z0-9-]*")
_VARIABLE = re.compile(r"[a-z0-9_-]*")


def check_title(field: str, name: object) -> None:
    """Refuse an empty name, and one with a character that the server bans from names.

    Raises:
        InvalidParameterError: It is such a name.
    """
    check_name(field, name)
    if isinstance(name, str) and not name.strip("' \""):
        raise InvalidParameterError(f"{field} is {name!r}: a name cannot be empty")


def check_slug(field: str, slug: object) -> None:
    """Refuse a slug or key with anything but lower-case letters, numbers and dashes.

    Raises:
        InvalidParameterError: It has something else.
    """
    if isinstance(slug, str) and not _SLUG.fullmatch(slug):
        raise InvalidParameterError(f"{field} must only have lower-case letters, numbers and dashes, got {slug!r}")


def check_variable_name(name: object) -> None:
    """Refuse a name that the server accepts for no variable.

    Raises:
        InvalidParameterError: It has something else than lower-case letters, numbers, dashes and underscores.
    """
    if isinstance(name, str) and not _VARIABLE.fullmatch(name):
        raise InvalidParameterError(
            f"name must only have lower-case letters, numbers, dashes and underscores, got {name!r}"
        )
