"""What of an object goes into a request: one that was read has fields that no request takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec import UNSET

from prefectkit.compat.given import Given
from prefectkit.core.serialization.conversion import set_fields


def taken(value: Given[Any], body: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields that the object has set and the request takes, as keywords; those of a dict are all meant to be sent.

    Raises:
        TypeError: It has no fields.
    """
    names = body.__struct_fields__
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    if isinstance(value, msgspec.Struct):
        return {name: item for name in names if (item := getattr(value, name, UNSET)) is not UNSET}
    if not hasattr(value, "model_dump"):
        raise TypeError(f"a {body.__name__}, or a dict of its fields, is needed, got a {type(value).__name__}")
    return {name: item for name, item in set_fields(value).items() if name in names}
