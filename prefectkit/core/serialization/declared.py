"""Checks of the values of fields, derived from their declared types.

A value must have the JSON type that its field declares. As on the server, text that contains a number counts as the
number, a float without a fraction as an integer, and 0 and 1 as False and True.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections import UserString
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, MappingView, Sequence, Set
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias, Union, cast, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import UnsetType, structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.http.paths import uuid_segment
from prefectkit.core.representation import instead, shown, with_article
from prefectkit.core.serialization.conversion import convert
from prefectkit.core.serialization.moments import check_moment
from prefectkit.core.serialization.walk import BYTES, is_one_shot
from prefectkit.core.suggestions import close_matches

LARGEST: Final = 2**63 - 1
"""The largest integer of a field: databases store 64 bits."""

_SPAN: Final = re.compile(r"[+-]?(P|[0-9.]+(:| days?,|$))")

Check: TypeAlias = Callable[[str, Any], bool]
"""Takes the name of a field and its value, and returns whether the value may be sent, or raises a specific error."""


class TypeMismatchError(InvalidParameterError):
    """A value does not have the type of its field. Users get it as an `InvalidParameterError`."""


class Declared(NamedTuple):
    """The values that a type declares.

    Attributes:
        exact: The types of values that need no check.
        kinds: The kinds of values in JSON, each with its check.
        words: The values, in words.
    """

    exact: frozenset[type]
    kinds: dict[str, Check]
    words: tuple[str, ...]

    @property
    def is_moment(self) -> bool:
        """Whether each datetime is checked for its offset."""
        return self.kinds.get("text") is _is_moment

    def quick_check(self, type_: Any) -> Check | None:
        """The check of a value of exactly this type; None if the value must be converted first."""
        return None if issubclass(type_, Enum) else self.kinds.get(_kind_of(type_) or "")

    def check(self, name: str, value: Any) -> None:
        """Refuse a value that the type does not declare.

        Raises:
            TypeMismatchError: The value is of another type.
            InvalidParameterError: No server accepts the value.
        """
        if type(value) in self.exact:
            return
        plain = value.value if isinstance(value, Enum) else value
        kind = _kind(plain)
        if kind is None:
            try:
                plain = convert(plain)
            except Exception:  # whatever an object of another library raises
                # If no check raises, the encoder raises an error with the reason.
                self.kinds.get("other", _accept)(name, value)
                return
            kind = _kind(plain)
        if kind is not None and not self.kinds.get(kind, _refuse)(name, plain):
            hint = f": write [{shown(value)}]" if self._holds(value) else ""
            raise TypeMismatchError(f"{name} must be {' or '.join(self.words)}, got {shown(value)}{hint}")

    def _holds(self, value: object) -> bool:
        """Whether a list of this value is declared."""
        try:
            return self.kinds.get("list", _refuse)("", [value])
        except InvalidParameterError:
            return False


def check_list(name: str, value: object) -> None:
    """Refuse the value of a parameter that is neither a list nor another iterable of several values.

    Raises:
        InvalidParameterError: It is text, a dict or a Struct, for example.
    """
    try:
        _list_of(None).check(name, value)
    except TypeMismatchError as error:
        raise InvalidParameterError(str(error)) from None


@cache
def declared(type_: Any) -> Declared | None:
    """The values that a type declares; None for any value."""
    members = [_declared_by(member) for member in _union_members(type_)]
    restricted = [member for member in members if member is not None]
    if len(restricted) < len(members):
        return None
    kinds: dict[str, Check] = {}
    # If several members check text, the last check in this order applies: number, duration, any text, id or enum.
    for member in sorted(restricted, key=lambda member: _PRECEDENCE.get(member.kinds.get("text"), len(_PRECEDENCE))):
        kinds |= member.kinds
    exact = frozenset[type]().union(*(member.exact for member in restricted))
    words = dict.fromkeys(word for member in restricted for word in member.words)
    if kinds.get("text", _accept) is not _accept:
        exact -= {str}
        words.pop("text", None)
    return Declared(exact, kinds, tuple(words))


def _union_members(type_: Any) -> Iterable[Any]:
    return get_args(type_) if get_origin(type_) in (Union, UnionType) else (type_,)


def _declared_by(type_: Any) -> Declared | None:
    """The values that one member of a union declares; None for any value."""
    origin = get_origin(type_)
    if origin is Annotated:
        has_offset = any(isinstance(meta, msgspec.Meta) and meta.tz for meta in type_.__metadata__)
        return _MOMENT if has_offset else declared(type_.__origin__)
    if origin is Literal:
        return _one_of(get_args(type_))
    if origin is dict:
        return _BASIC[dict]
    if isinstance(origin, type) and issubclass(origin, (Sequence, Set)):
        return _list_of(None if origin is tuple else declared(get_args(type_)[0]))
    if isinstance(type_, type) and issubclass(type_, Enum):
        words = _one_of([member.value for member in type_])
        return words._replace(exact=frozenset({type_}))
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        return _struct(type_)
    return _BASIC.get(cast(object, type_))


def _accept(_name: str, _value: object) -> bool:
    return True


def _refuse(_name: str, _value: object) -> bool:
    return False


def _is_zero_or_one(_name: str, value: Any) -> bool:
    return value in (0, 1)


def _is_integer(name: str, value: Any) -> bool:
    if type(value) is int and -LARGEST <= value <= LARGEST:
        return True
    try:
        number = int(value)
    except (ValueError, TypeError, OverflowError):
        return False
    if not -LARGEST <= number <= LARGEST:
        bound = "at most 2**63 - 1" if number > 0 else "at least -2**63 + 1"
        raise InvalidParameterError(f"{name} must be {bound}, got {shown(value)}")
    return isinstance(value, str) or number == value


def _is_number(name: str, value: Any) -> bool:
    if isinstance(value, int):
        return _is_integer(name, value)
    try:
        float(value)
    except (ValueError, TypeError):
        return False
    return True


def _is_span(_name: str, value: object) -> bool:
    """Whether the value is a timedelta, or the text of one: `PT5M`, `00:05:00`, `1 day, 0:00`, or seconds."""
    return isinstance(value, timedelta) or (isinstance(value, str) and _SPAN.match(value) is not None)


def _is_id(name: str, value: object) -> bool:
    try:
        return bool(uuid_segment(name, value))
    except InvalidParameterError as error:
        raise error if instead(value, "id") else TypeMismatchError(str(error)) from None


def _are_ids(values: object) -> bool:
    """Whether all values are ids in a common form; five times as fast as a check of each."""
    try:
        msgspec.convert(values, list[UUID])
    except msgspec.ValidationError:
        return False
    return True


def _is_moment(name: str, value: object) -> bool:
    check_moment(name, value)
    return True


def _one_of(members: Collection[str]) -> Declared:
    def check(name: str, value: object) -> bool:
        if value in members:
            return True
        near = close_matches(str(value), members)
        hint = f"Did you mean {near[0]!r}?" if near else f"It is one of {', '.join(members)}"
        raise TypeMismatchError(f"{name} cannot be {shown(value)}. {hint}")

    return Declared(frozenset(), {"text": check}, (f"one of {', '.join(members)}",))


def _list_of(item: Declared | None) -> Declared:
    if item is None:
        return Declared(frozenset({list}), {"list": _accept}, ("a list",))

    has_ids = item.kinds.get("text") is _is_id

    def check(name: str, value: Iterable[Any]) -> bool:
        # An iterator is checked after it was converted to a list.
        if not (is_one_shot(type(value)) or item.exact.issuperset(map(type, value)) or (has_ids and _are_ids(value))):
            for element in value:
                item.check(f"an item of {name}", element)
        return True

    words = " or ".join(word.removeprefix("a ").removeprefix("an ") for word in item.words)
    return Declared(frozenset(), {"list": check}, (f"a list of {words}",))


def _struct(kind: type[msgspec.Struct]) -> Declared:
    def check(name: str, value: object) -> bool:
        if isinstance(value, Mapping):
            for field in structs.fields(kind):
                item = cast("Mapping[str, Any]", value).get(field.name)
                if item is not None and (wanted := declared(field.type)) is not None:
                    wanted.check(f"{field.name} of {name}", item)
            return True
        return isinstance(value, kind) or not isinstance(value, msgspec.Struct)

    return Declared(frozenset({kind}), {"dict": check}, (getattr(kind, "made_by", with_article(kind.__name__)),))


def _kind(value: object) -> str | None:
    # Any, since mypy does not know that classes are hashable.
    type_: Any = type(value)
    return _kind_of(type_)


@cache
def _kind_of(type_: Any) -> str | None:
    return next((kind for types, kind in _KINDS if issubclass(type_, types)), None)


_KINDS: Final[tuple[tuple[tuple[type, ...], str], ...]] = (
    ((NoneType,), "null"),
    ((bool,), "bool"),
    ((int, float, Decimal), "number"),
    ((str, UserString, *BYTES, UUID, date, time, timedelta, os.PathLike, re.Pattern), "text"),
    ((ipaddress.IPv4Address, ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv6Network), "text"),
    ((Mapping, msgspec.Struct), "dict"),
    ((Sequence, Set, MappingView, Iterator), "list"),
)

_OTHERS: Final = ("null", "bool", "number", "dict", "other")
_MOMENT: Final = Declared(frozenset(), dict.fromkeys(("text", "list", *_OTHERS), _is_moment), ("a datetime",))

_BASIC: Final[Mapping[object, Declared]] = {
    NoneType: Declared(frozenset({NoneType}), {"null": _accept}, ()),
    UnsetType: Declared(frozenset({UnsetType}), {}, ()),
    str: Declared(frozenset({str}), {"text": _accept}, ("text",)),
    bool: Declared(frozenset({bool}), {"bool": _accept, "number": _is_zero_or_one}, ("True or False",)),
    int: Declared(frozenset(), {"number": _is_integer, "text": _is_integer}, ("a whole number",)),
    float: Declared(frozenset({float}), {"number": _is_number, "text": _is_number}, ("a number",)),
    UUID: Declared(frozenset({UUID}), dict.fromkeys(("text", *_OTHERS), _is_id), ("a UUID",)),
    datetime: Declared(frozenset(), {"text": _accept}, ("a datetime",)),
    timedelta: Declared(frozenset({timedelta}), {"text": _is_span, "number": _accept}, ("a timedelta", "seconds")),
    dict: Declared(frozenset({dict}), {"dict": _accept}, ("a dict",)),
}

_PRECEDENCE: Final[Mapping[object, int]] = {_is_integer: 0, _is_number: 1, _is_span: 2, _accept: 3}
