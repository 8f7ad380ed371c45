"""Header names and values that are safe to send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from prefectkit.core.errors import InvalidParameterError

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]")


def check_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers by lower-case name.

    Raises:
        InvalidParameterError: A name is not a token, or a value has a line break, a control character or a character
            outside latin-1. The message has the name of the header, and never its value.
    """
    if not isinstance(cast(object, headers), Mapping):
        raise InvalidParameterError(f"headers must be a dict, got {type(headers).__name__}")
    checked: dict[str, str] = {}
    for name, value in headers.items():
        try:
            is_token, is_unsafe = _NAME.fullmatch(name), _UNSAFE.search(value)
        except TypeError:
            raise InvalidParameterError(f"header {name!r} must be text, got {type(value).__name__}") from None
        if not is_token:
            raise InvalidParameterError(f"{name!r} cannot be the name of a header")
        if is_unsafe:
            raise InvalidParameterError(
                f"the value of header {name!r} has a line break or a character outside latin-1: percent-encode it"
            )
        checked[name.lower()] = value.strip()
    return checked


def are_safe(headers: Mapping[str, str]) -> bool:
    """Whether no header has a line break. One check of all of them, cheap enough for every request."""
    try:
        text = "".join([*headers, *headers.values()])
        return (text.isascii() and text.isprintable()) or _UNSAFE.search(text) is None
    except TypeError:
        return False
