"""Values that JSON, or the encoder, has no type for: what each is written as.

Instances of subclasses are written as what they are, whatever methods the subclass has. The other types are written as
Prefect's own client writes them.
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
    """The same in a type that the encoder knows.

    Raises:
        TypeError: There is no form of it in JSON.
        ValueError: It is a moment that is none.
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
    """Whether it is a model of another library, which says by `model_dump` what it is as JSON."""
    return not isinstance(value, type) and callable(getattr(value, "model_dump", None))


def dumped(value: Any) -> Any:
    """A model of another library as JSON: everything that it holds.

    One of Prefect's own requests leaves out the fields that were not set, as Prefect's client does: in an update, they
    are those that stay as they are.
    """
    return set_fields(value) if is_request(value) else dump_json(value)


def state_fields(state: Any) -> dict[str, Any]:
    """What Prefect's client sends of one of Prefect's own states: of the data, only the place of a stored result."""
    is_stored = getattr(state.data, "is_persisted", False)
    data = state.data if is_request(state) else state.data.metadata if is_stored else None
    return {name: getattr(state, name) for name in ("type", "name", "message", "state_details")} | {"data": data}


def set_fields(value: Any) -> dict[str, Any]:
    """The fields of a model of another library that were set, each with everything that it holds.

    Where the model is one of Prefect's own requests, its parts that are Prefect's own leave out what was not set, too.
    """
    everything = dump_json(value)
    if is_request(value):
        # One of them fails where it is asked for the set fields alone.
        is_partial, names = _is_official, value.model_fields_set
    else:
        is_partial, names = is_request, value.model_dump(mode="json", exclude_unset=True)
    fields: dict[str, Any] = {}
    for name, whole in everything.items():
        if name not in names:
            continue
        held = getattr(value, name, None)
        if isinstance(held, (list, tuple)):
            parts = zip(cast("Sequence[object]", held), whole, strict=True)
            fields[name] = [set_fields(part) if is_partial(part) else dump for part, dump in parts]
        else:
            fields[name] = set_fields(held) if is_partial(held) else whole
    return fields


def is_request(value: object) -> bool:
    """Whether it is one of Prefect's own request objects."""
    return _is_prefects(value, "ActionBaseModel")


def _is_official(value: object) -> bool:
    return _is_prefects(value, "PrefectBaseModel")


def _is_prefects(value: object, base: str) -> bool:
    """Whether it is of a class that derives from this one of Prefect's own package."""
    return any(kind.__name__ == base and kind.__module__.startswith("prefect.") for kind in type(value).__mro__)


def _moment(value: datetime) -> datetime:
    # pandas.NaT is a datetime, and is none.
    if value != value:
        raise ValueError(f"{value!r} is no moment")
    return datetime.combine(datetime.date(value), datetime.timetz(value))


def _time(value: time) -> time:
    return time(value.hour, value.minute, value.second, value.microsecond, value.tzinfo, fold=value.fold)


def _scalar(value: Any) -> object:
    """A number or moment of numpy's, or of another library with its interface."""
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
            what = "a class" if isinstance(value, type) else type(cast(object, value)).__name__
            raise TypeError(f"{what} is not JSON: make text, a number, a list or a dict of it")


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
    # The encoder asks for these where they are keys, and writes them itself elsewhere.
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
