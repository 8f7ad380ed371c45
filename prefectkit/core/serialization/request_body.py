"""Checks of a request body before it is encoded, and what stands in it for bytes and iterators."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, NamedTuple, Union, cast, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import UNSET, structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.representation import instead, shown
from prefectkit.core.serialization.conversion import convert
from prefectkit.core.serialization.walk import ATOMS, Parts, find, is_bytes, is_one_shot, parts_of, rebuilt

LARGEST: Final = 2**63 - 1
"""The largest integer of a field: databases store 64 bits."""

_TEXT: Final = frozenset((str,))
_ALTERNATIVES: Final = (Union, UnionType, Annotated)


def prepared(body: Any) -> Any:
    """The body, with lists in place of iterators, and text in place of bytes, which would be written as base64.

    Raises:
        InvalidParameterError: A datetime field of a Struct has another value, or one without an offset; an integer
            field has more than 64 bits; an offset has seconds, two keys of a dict have the same text, or an iterator
            yields nothing.
        UnicodeDecodeError: Bytes are not text in UTF-8.
    """
    has_bytes, has_iterators = _check(body)
    if has_iterators:
        body = rebuilt("$", body, text=False)
        # What they yielded is checked, too.
        has_bytes, _ = _check(body)
    return rebuilt("$", body, text=True) if has_bytes else body


def _check(body: Any) -> tuple[bool, bool]:
    """Check all values; whether there are bytes, and whether there are iterators."""
    has_bytes = has_iterators = False
    seen: set[int] = set()
    todo: list[Any] = [body]
    for value in todo:
        kind: Any = type(cast(object, value))
        moments, integers, ids, atoms, has_keys, parts = _shape(kind)
        for name in moments:
            moment = getattr(value, name)
            if moment is not UNSET and moment is not None:
                check_moment(f"{name} of {kind.__name__}", moment)
        for name in integers:
            integer = getattr(value, name)
            if type(integer) is int and not -LARGEST <= integer <= LARGEST:
                raise InvalidParameterError(f"{name} must be at most 2**63 - 1, got {shown(integer)}")
        if parts is None:
            if isinstance(value, (datetime, time)):
                _check_offset(body, value)
            has_bytes = has_bytes or is_bytes(value)
            has_iterators = has_iterators or is_one_shot(kind)
            continue
        inner = parts(value)
        # A body that contains itself is checked once.
        if not atoms.issuperset(map(type, inner)) and id(value) not in seen:
            seen.add(id(value))
            todo += [part for part in inner if type(part) not in atoms]
            for name in ids:
                _check_id(name if value is body else f"{name} of {kind.__name__}", getattr(value, name))
        if has_keys and not _TEXT.issuperset(map(type, value)):
            _check_keys(body, value)
    return has_bytes, has_iterators


def check_moment(name: str, value: object, otherwise: str = "") -> None:
    """Refuse a value that is not a datetime with a UTC offset, or that no server can read.

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
    if moment.tzinfo is UTC:
        return
    if moment.utcoffset() is None:
        raise InvalidParameterError(f"{name} has no time zone, got {value!s}: write datetime(..., tzinfo=UTC)")
    if _has_odd_offset(moment):
        raise InvalidParameterError(_odd_offset(name, moment))
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise InvalidParameterError(
            f"{name} is before the year 1 or after the year 9999 in UTC, got {value!s}"
        ) from None


def _check_offset(body: object, value: datetime | time) -> None:
    """Refuse an offset that JSON would have without its seconds, anywhere in a body."""
    if value.tzinfo is not UTC and value == value and _has_odd_offset(value):
        place = find(body, lambda part: part is value) or f"a {type(value).__name__}"
        raise InvalidParameterError(_odd_offset(place.partition(" is a ")[0], value))


def _has_odd_offset(value: datetime | time) -> bool:
    offset = value.utcoffset()
    return offset is not None and bool(offset % timedelta(minutes=1))


def _odd_offset(name: str, value: datetime | time) -> str:
    return (
        f"{name} has a UTC offset with seconds, got {value!s}, which JSON in ISO 8601 does not have: "
        "convert it with .astimezone(UTC)"
    )


def _check_keys(body: object, mapping: Mapping[Any, Any]) -> None:
    """Refuse two keys of a dict that have the same text: one of the values would be lost."""
    keys: dict[object, object] = {}
    for key in mapping:
        text = _key_text(key)
        if text in keys:
            place = find(body, lambda part: part is mapping) or f"a {type(mapping).__name__}"
            raise InvalidParameterError(
                f"{place.partition(' is a ')[0]} has the keys {shown(keys[text])} and {shown(key)}, "
                f"which are both {shown(text)} in JSON: keep one of them"
            )
        keys[text] = key


def _key_text(key: Any) -> object:
    """The text of a key in JSON; the key itself where there is none, which the encoder refuses."""
    if type(key) is str:
        return key
    try:
        if is_bytes(key):
            return bytes(key).decode()
        return next(iter(msgspec.json.decode(msgspec.json.encode({key: None}, enc_hook=convert))))
    except Exception:
        return key


def _check_id(name: str, value: object) -> None:
    """Refuse an object in place of its id."""
    is_list = isinstance(value, (list, tuple, set, frozenset))
    for one in cast("Collection[object]", value) if is_list else (value,):
        if type(one) not in ATOMS and (advice := instead(one, "id")):
            raise InvalidParameterError(f"{name} must be a UUID, got {shown(one)}{advice}")


class _Shape(NamedTuple):
    """What is to be checked of the values of one type: the names of some fields, the keys, and the values inside.

    Attributes:
        moments: The datetime fields that need an offset.
        integers: The integer fields.
        ids: The fields of ids.
        atoms: The types of parts that need no further check.
        has_keys: Whether it is a dict.
        parts: All values inside.
    """

    moments: tuple[str, ...]
    integers: tuple[str, ...]
    ids: tuple[str, ...]
    atoms: frozenset[object]
    has_keys: bool
    parts: Parts | None


@cache
def _shape(kind: Any) -> _Shape:
    fields = structs.fields(kind) if issubclass(kind, msgspec.Struct) else ()

    def names(wanted: Callable[[Any], bool]) -> tuple[str, ...]:
        return tuple(field.name for field in fields if wanted(field.type))

    moments = names(_is_moment)
    is_checked = bool(fields) and names(_may_be_datetime) == moments
    atoms = ATOMS | {datetime} if is_checked else ATOMS
    return _Shape(moments, names(_is_integer), names(_is_id), atoms, issubclass(kind, Mapping), parts_of(kind))


def _is_id(type_: Any) -> bool:
    """Whether a type is that of an id, or of several."""
    return type_ is UUID or (get_origin(type_) is not dict and any(_is_id(part) for part in get_args(type_)))


def _may_be_datetime(type_: Any) -> bool:
    return type_ in (Any, datetime) or (
        get_origin(type_) in _ALTERNATIVES and any(map(_may_be_datetime, get_args(type_)))
    )


def _is_integer(type_: Any) -> bool:
    return type_ is int or (get_origin(type_) in _ALTERNATIVES and any(map(_is_integer, get_args(type_))))


def _is_moment(type_: Any) -> bool:
    if get_origin(type_) is Annotated:
        return any(isinstance(meta, msgspec.Meta) and meta.tz is True for meta in type_.__metadata__)
    return any(_is_moment(part) for part in get_args(type_) if get_origin(type_) is not dict)
