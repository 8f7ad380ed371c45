"""Checks a request body before it is encoded, and replaces bytes by text and iterators by lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import cache
from typing import Any, Final, NamedTuple, cast

import msgspec
from msgspec import structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.representation import shown
from prefectkit.core.serialization.conversion import convert
from prefectkit.core.serialization.declared import Check, Declared, TypeMismatchError, declared
from prefectkit.core.serialization.moments import has_odd_offset, odd_offset
from prefectkit.core.serialization.walk import ATOMS, Parts, find, is_bytes, is_one_shot, parts_of, rebuilt

_TEXT: Final = frozenset((str,))
_MOST_PLANS: Final = 1000


def prepared(body: Any, *, strict: bool = False) -> Any:
    """The body with lists in place of iterators, and text in place of bytes, which msgspec would write as base64.

    Args:
        body: The body.
        strict: Whether to refuse a value whose type differs from its field's, as the server does. A Struct of another
            class is always refused.

    Raises:
        InvalidParameterError: The field of a Struct has a value that its type does not declare; an offset has seconds,
            two keys of a dict have the same text, or an iterator yields nothing.
        UnicodeDecodeError: Bytes are not text in UTF-8.
    """
    has_bytes, has_iterators = _check(body, strict)
    if has_iterators:
        body = rebuilt("$", body, text=False)
        # The items of the iterators are checked too.
        has_bytes, _ = _check(body, strict)
    return rebuilt("$", body, text=True) if has_bytes else body


def _check(body: Any, strict: bool) -> tuple[bool, bool]:
    """Check all values; return whether there are bytes, and whether there are iterators."""
    has_bytes = has_iterators = False
    seen: set[int] = set()
    todo: list[Any] = [body]
    for value in todo:
        kind: Any = type(cast(object, value))
        shape = _shape(kind)
        if shape.parts is None:
            if isinstance(value, (datetime, time)):
                _check_offset(body, value)
            has_bytes = has_bytes or is_bytes(value)
            has_iterators = has_iterators or is_one_shot(kind)
            continue
        inner: Any = shape.parts(value)
        if shape.fields:
            checks, inside = shape.plan(tuple(map(type, inner)))
            for index, name, wanted, quick_check in checks:
                place = name if value is body else f"{name} of {kind.__name__}"
                try:
                    if quick_check is None or not quick_check(place, inner[index]):
                        wanted.check(place, inner[index])
                except TypeMismatchError as error:
                    # The server ignores the fields of an object of another class: a filter would select everything.
                    if strict or isinstance(inner[index], msgspec.Struct):
                        raise InvalidParameterError(str(error)) from None
            if inside and id(value) not in seen:
                seen.add(id(value))
                todo += [inner[index] for index in inside]
            continue
        # A body that contains itself is checked once.
        if not ATOMS.issuperset(map(type, inner)) and id(value) not in seen:
            seen.add(id(value))
            todo += [part for part in inner if type(part) not in ATOMS]
        if shape.has_keys and not _TEXT.issuperset(map(type, value)):
            _check_keys(body, value)
    return has_bytes, has_iterators


def _check_offset(body: object, value: datetime | time) -> None:
    """Refuse a UTC offset with seconds, which JSON would omit."""
    if value.tzinfo is not UTC and value == value and has_odd_offset(value):
        place = find(body, lambda part: part is value) or f"a {type(value).__name__}"
        raise InvalidParameterError(odd_offset(place.partition(" is a ")[0], value))


def _check_keys(body: object, mapping: Mapping[Any, Any]) -> None:
    """Refuse two keys of a dict that are the same text in JSON: one of the values would be lost."""
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
    """The text of a key in JSON; the key itself if it has none, so that the encoder refuses it."""
    if type(key) is str:
        return key
    try:
        if is_bytes(key):
            return bytes(key).decode()
        return next(iter(msgspec.json.decode(msgspec.json.encode({key: None}, enc_hook=convert))))
    except Exception:
        return key


class _Plan(NamedTuple):
    """The checks of a Struct whose values have certain types.

    Attributes:
        checks: The fields to check, by index.
        inside: The indexes of the values that may contain others.
    """

    checks: tuple[tuple[int, str, Declared, Check | None], ...]
    inside: tuple[int, ...]


class _Shape:
    """The checks of the values of one type.

    Attributes:
        parts: Returns the values inside; None if there are none.
        has_keys: Whether it is a dict.
        fields: For a Struct, each field with its name and what it declares.
    """

    __slots__ = ("_plans", "fields", "has_keys", "parts")

    def __init__(self, kind: Any) -> None:
        self.parts: Parts | None = parts_of(kind)
        self.has_keys = issubclass(kind, Mapping)
        fields = structs.fields(kind) if issubclass(kind, msgspec.Struct) else ()
        self.fields = [(field.name, declared(field.type)) for field in fields]
        self._plans: dict[tuple[type, ...], _Plan] = {}

    def plan(self, types: tuple[type, ...]) -> _Plan:
        """The plan for a Struct with values of these types."""
        known = self._plans.get(types)
        if known is None:
            if len(self._plans) == _MOST_PLANS:
                self._plans.clear()
            known = self._plans[types] = self._make_plan(types)
        return known

    def _make_plan(self, types: tuple[type, ...]) -> _Plan:
        checks: list[tuple[int, str, Declared, Check | None]] = []
        inside: list[int] = []
        for index, ((name, wanted), type_) in enumerate(zip(self.fields, types, strict=True)):
            if wanted is not None and type_ not in wanted.exact:
                checks.append((index, name, wanted, wanted.quick_check(type_)))
            # `check_moment` checks the offset as well.
            if type_ not in ATOMS and not (type_ is datetime and wanted is not None and wanted.is_moment):
                inside.append(index)
        return _Plan(tuple(checks), tuple(inside))


_shape = cache(_Shape)
