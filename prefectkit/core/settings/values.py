"""Parsers of values: each takes the text of a variable or a TOML value, and returns the value or raises ValueError."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import cast

import msgspec

from prefectkit.core.security.secrets import Secret

_TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
_FALSE = frozenset({"0", "off", "f", "false", "n", "no"})
_INTEGER = re.compile(r"([+-]?[0-9]+(?:_[0-9]+)*)(?:\.0+)?")


def text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("it must be text in quotes")
    return value


def secret(value: object) -> Secret:
    return Secret(text(value))


def directory(value: object) -> Path:
    # Unlike Path.expanduser this leaves `~nobody` as it is instead of raising RuntimeError.
    return Path(os.path.expanduser(text(value)))


def boolean(value: object) -> bool:
    word = str(value).lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError("it must be true or false (or 1/0, yes/no, y/n, t/f, on/off)")


def integer(*, minimum: int, maximum: int | None = None) -> Callable[[object], int]:
    """A parser of integers from `minimum` to `maximum`."""
    limits = f"of at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"

    def read(value: object) -> int:
        result = _integer(value)
        if result is None or result < minimum or (maximum is not None and result > maximum):
            raise ValueError(f"it must be a whole number {limits}")
        return result

    return read


def number(*, minimum: float = -math.inf, above: float = -math.inf) -> Callable[[object], float]:
    """A parser of finite numbers that are at least `minimum` and greater than `above`."""
    limits = f"greater than {above:g}" if above > minimum else f"of at least {minimum:g}"

    def read(value: object) -> float:
        result = _float(value)
        if not (math.isfinite(result) and result >= minimum and result > above):
            raise ValueError(f"it must be a number {limits}")
        return result

    return read


def status_codes(value: object) -> frozenset[int]:
    """Parse `"404,429"`, `"[404, 429]"`, `404` or a list of these; an empty text or list is the empty set."""
    if isinstance(value, str):
        written = value.strip()
        listed = written[1:-1] if written.startswith("[") and written.endswith("]") else written
        value = listed.split(",") if listed.strip() else []
    codes = cast("list[object]", value) if isinstance(value, list) else [value]
    try:
        return frozenset(_status_code(code) for code in codes)
    except ValueError:
        raise ValueError("it must be status codes from 100 to 599, separated by commas, like 404,429") from None


def headers(value: object) -> dict[str, str]:
    try:
        if isinstance(value, str):
            return msgspec.json.decode(value, type=dict[str, str])
        return msgspec.convert(value, dict[str, str])
    except (msgspec.MsgspecError, UnicodeError):
        raise ValueError(
            'it must be a JSON object (in a TOML file also a table) whose values are all text, like {"X-Team": "data"}'
        ) from None


_status_code = integer(minimum=100, maximum=599)


def _integer(value: object) -> int | None:
    if isinstance(value, str):
        match = _INTEGER.fullmatch(value.strip())
        # Python raises for integers of thousands of digits.
        return int(match[1]) if match and len(match[1]) < 100 else None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not str(value).strip().isascii():
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan
