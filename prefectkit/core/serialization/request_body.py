"""Checks of a request body before it is encoded: bytes become text, and a datetime must have a UTC offset."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType
from typing import Annotated, Any, cast, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType, structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.representation import instead, shown

_BYTES = (bytes, bytearray, memoryview)
_ATOMS = frozenset((str, int, float, bool, NoneType, UnsetType, UUID, datetime, date, timedelta, Decimal))


def prepared(body: Any) -> Any:
    """The body, with text in place of bytes, which the encoder would write as base64.

    Raises:
        InvalidParameterError: A datetime field of a Struct has another value, or one without an offset.
        UnicodeDecodeError: Bytes are not text in UTF-8.
    """
    has_bytes = False
    seen: set[int] = set()
    todo: list[Any] = [body]
    for value in todo:
        moments, ids, parts = _shape(cast(Any, type(value)))
        for name in moments:
            moment = getattr(value, name)
            if moment is not UNSET and moment is not None:
                check_moment(f"{name} of {type(value).__name__}", moment)
        if parts is None:
            has_bytes = has_bytes or isinstance(value, _BYTES)
            continue
        inner = parts(value)
        # A body that contains itself is checked once.
        if not _ATOMS.issuperset(map(type, inner)) and id(value) not in seen:
            seen.add(id(value))
            todo += [part for part in inner if type(part) not in _ATOMS]
            for name in ids:
                _check_id(name if value is body else f"{name} of {type(value).__name__}", getattr(value, name))
    return _as_text(body) if has_bytes else body


def check_moment(name: str, value: object, otherwise: str = "") -> None:
    """Refuse a value that is not a datetime with a UTC offset.

    Args:
        name: The name of the parameter, for the error.
        value: A datetime, or its text in ISO 8601.
        otherwise: What the error suggests besides a datetime.

    Raises:
        InvalidParameterError: The value is something else.
    """
    moment: object = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    # pandas.NaT is an instance of datetime, and is not equal to itself.
    if not isinstance(moment, datetime) or moment != moment:
        raise InvalidParameterError(
            f"{name} must be a datetime with an offset, got {shown(value)}: write datetime(..., tzinfo=UTC)"
            f"{' or ' if otherwise else ''}{otherwise}"
        )
    if moment.utcoffset() is None:
        raise InvalidParameterError(f"{name} has no time zone, got {value!s}: write datetime(..., tzinfo=UTC)")


def _check_id(name: str, value: object) -> None:
    """Refuse an object in place of its id."""
    is_list = isinstance(value, (list, tuple, set, frozenset))
    for one in cast("Collection[object]", value) if is_list else (value,):
        if type(one) not in _ATOMS and (advice := instead(one, "id")):
            raise InvalidParameterError(f"{name} must be a UUID, got {shown(one)}{advice}")


@cache
def _shape(kind: type[Any]) -> tuple[tuple[str, ...], tuple[str, ...], Callable[[Any], Iterable[object]] | None]:
    """The datetime fields of this type, its id fields, and a function that returns all values inside a value of it.

    The function is None where there are none, or where the encoder converts the value first.
    """
    if issubclass(kind, msgspec.Struct):
        fields = structs.fields(kind)
        moments = tuple(field.name for field in fields if _is_moment(field.type))
        return moments, tuple(field.name for field in fields if _is_id(field.type)), structs.astuple
    return (), (), _parts(kind)


def _is_id(type_: Any) -> bool:
    """Whether a type is that of an id, or of several."""
    return type_ is UUID or (get_origin(type_) is not dict and any(_is_id(part) for part in get_args(type_)))


def _is_moment(type_: Any) -> bool:
    if get_origin(type_) is Annotated:
        return any(isinstance(meta, msgspec.Meta) and meta.tz is True for meta in type_.__metadata__)
    return any(_is_moment(part) for part in get_args(type_) if get_origin(type_) is not dict)


def _parts(kind: type[Any]) -> Callable[[Any], Iterable[object]] | None:
    if issubclass(kind, dict):
        return lambda value: (*value.values(), *value)
    if issubclass(kind, (list, tuple, set, frozenset)):
        return _itself
    if issubclass(kind, Enum):
        return lambda value: (value.value,)
    names = _field_names(kind)
    return (lambda value: [getattr(value, name, None) for name in names]) if names else None


def _itself(value: Any) -> Any:
    return value


def _field_names(kind: type[Any]) -> Iterable[str]:
    """The fields of a dataclass or of an attrs class."""
    attributes = getattr(kind, "__attrs_attrs__", ())
    return getattr(kind, "__dataclass_fields__", None) or [attribute.name for attribute in attributes]


def _as_text(value: Any) -> Any:
    """A copy in which bytes are text, at any depth."""
    if isinstance(value, _BYTES):
        return bytes(cast(Any, value)).decode()
    if isinstance(value, msgspec.Struct):
        other = copy.copy(value)
        for name in value.__struct_fields__:
            structs.force_setattr(other, name, _as_text(getattr(value, name)))
        return other
    if isinstance(value, dict):
        return {_as_text(key): _as_text(item) for key, item in cast("dict[Any, Any]", cast(object, value)).items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [_as_text(item) for item in cast("Collection[Any]", cast(object, value))]
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, Enum):
        return _as_text(value.value)
    if names := _field_names(cast("type[Any]", type(value))):
        return {name: _as_text(getattr(value, name)) for name in names}
    return value
