"""Converts values of types that JSON or the encoder does not have.

An instance of a subclass is written as the base class is, whatever methods the subclass overrides. All other types are
written as Prefect's own client writes them.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections import UserString
from collections.abc import Callable, Iterator, Mapping, MappingView, Sequence, Set
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import IOBase
from types import NoneType
from typing import Any, cast

from prefectkit.core.serialization.masked import WAY_OUT, dump_json, is_secret


def convert(value: object) -> object:
    """The value converted to a type that the encoder supports.

    Raises:
        TypeError: The type has no form in JSON.
        ValueError: The value is `pandas.NaT`.
    """
    if _is_prefects(value, "State"):
        return state_fields(value)
    if is_dumpable(value):
        return dumped(value)
    if is_secret(value):
        raise TypeError(f"a secret, which {WAY_OUT}")
    for types, conversion in _CONVERSIONS:
        if isinstance(value, types):
            return conversion(value)
    return _scalar(value)


def is_dumpable(value: object) -> bool:
    """Whether the value is a model of another library with a `model_dump` method."""
    return not isinstance(value, type) and callable(getattr(value, "model_dump", None))


def dumped(value: Any) -> Any:
    """A model of another library as JSON, with all of its fields.

    Prefect's own request objects omit the fields that were not set, as in Prefect's client: an update leaves these
    fields unchanged.
    """
    return set_fields(value) if is_request(value) else dump_json(value)


def state_fields(state: Any) -> dict[str, Any]:
    """The fields that Prefect's client sends of a Prefect state; `data` is only the metadata of a stored result."""
    is_stored = getattr(state.data, "is_persisted", False)
    data = state.data if is_request(state) else state.data.metadata if is_stored else None
    return {name: getattr(state, name) for name in ("type", "name", "message", "state_details")} | {"data": data}


def set_fields(value: Any) -> dict[str, Any]:
    """The fields of a model of another library that were set, each with its whole value.

    If the model is one of Prefect's own request objects, nested Prefect models omit unset fields too.
    """
    everything = dump_json(value)
    if is_request(value):
        # Some of Prefect's request objects raise in `model_dump(exclude_unset=True)`.
        is_partial, names = _is_official, value.model_fields_set
    else:
        is_partial, names = is_request, value.model_dump(mode="json", exclude_unset=True)
    fields: dict[str, Any] = {}
    for name, dump in everything.items():
        if name not in names:
            continue
        field = getattr(value, name, None)
        if isinstance(field, (list, tuple)):
            items = zip(cast("Sequence[object]", field), dump, strict=True)
            fields[name] = [set_fields(item) if is_partial(item) else item_dump for item, item_dump in items]
        else:
            fields[name] = set_fields(field) if is_partial(field) else dump
    return fields


def is_request(value: object) -> bool:
    """Whether the value is one of Prefect's own request objects."""
    return _is_prefects(value, "ActionBaseModel")


def _is_official(value: object) -> bool:
    return _is_prefects(value, "PrefectBaseModel")


def _is_prefects(value: object, base: str) -> bool:
    """Whether the value's class derives from the class of Prefect's package with this name."""
    return any(kind.__name__ == base and kind.__module__.startswith("prefect.") for kind in type(value).__mro__)


def _moment(value: datetime) -> datetime:
    # pandas.NaT is an instance of datetime, and is not equal to itself.
    if value != value:
        raise ValueError(f"{value!r} is not a date and time")
    return datetime.combine(datetime.date(value), datetime.timetz(value))


def _time(value: time) -> time:
    return time(value.hour, value.minute, value.second, value.microsecond, value.tzinfo, fold=value.fold)


def _scalar(value: Any) -> object:
    """A number or datetime of numpy, or of another library with its interface."""
    kind = value.dtype.kind if getattr(value, "ndim", None) == 0 and hasattr(value, "dtype") else ""
    match kind:
        case "b":
            return bool(value)
        case "i" | "u":
            return int(value)
        case "f":
            return float(value)
        case "m" | "M":
            return value.astype(f"{kind}8[us]").item()
        case _:
            kind_of_value = "a class" if isinstance(value, type) else type(cast(object, value)).__name__
            raise TypeError(f"{kind_of_value} is not JSON: make text, a number, a list or a dict of it")


def _key(value: bool | None) -> str:
    return {None: "None", True: "true", False: "false"}[value]


def _items(value: Any) -> list[Any]:
    if isinstance(value, tuple):
        raise TypeError("a tuple is no key in JSON: make text of it")
    if isinstance(value, IOBase):
        raise TypeError(f"{type(value).__name__} is not JSON: read the file, and pass what is in it")
    return list(value)


_Types = type | tuple[type, ...]
_CONVERSIONS: tuple[tuple[_Types, Callable[[Any], object]], ...] = (
    (str, str.__str__),
    # The encoder calls the hook with these only for keys of a dict; it writes values itself.
    ((bool, NoneType), _key),
    (int, int.__int__),
    (float, float.__float__),
    (datetime, _moment),
    (date, lambda value: date(value.year, value.month, value.day)),
    (time, _time),
    (timedelta, timedelta.__pos__),
    (Decimal, Decimal),
    (os.PathLike, os.fsdecode),
    (
        (
            ipaddress.IPv4Address,
            ipaddress.IPv6Address,
            ipaddress.IPv4Network,
            ipaddress.IPv6Network,
            ipaddress.IPv4Interface,
            ipaddress.IPv6Interface,
        ),
        str,
    ),
    (UserString, str),
    (re.Pattern, lambda value: value.pattern),
    (Mapping, dict),
    ((Sequence, Set, MappingView, Iterator), _items),
)
