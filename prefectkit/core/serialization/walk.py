"""Walks through nested values: lists, dicts, Structs, dataclasses; and copies them with some values replaced."""

from __future__ import annotations

import copy
from collections import UserString
from collections.abc import Callable, Iterable, Iterator, Mapping, MappingView, Sequence, Set
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from io import IOBase
from types import NoneType
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

import msgspec
from msgspec import UnsetType, structs

from prefectkit.core.errors import InvalidParameterError

BYTES: Final = (bytes, bytearray, memoryview)
ATOMS: Final = frozenset((str, int, float, bool, NoneType, UnsetType, UUID, date, timedelta, Decimal))
"""Types whose values contain no other values, and need no conversion."""

Parts: TypeAlias = Callable[[Any], Iterable[object]]


@cache
def parts_of(kind: type[object]) -> Parts | None:
    """A function that returns the values directly inside a value of this type.

    None if there are none, or if the encoder converts the value first.
    """
    if issubclass(kind, msgspec.Struct):
        return structs.astuple
    if issubclass(kind, dict):
        return _keys_and_values
    if issubclass(kind, Mapping):
        return lambda value: (*value.values(), *value)
    if issubclass(kind, (str, UserString, *BYTES)):
        return None
    if issubclass(kind, (Sequence, Set, MappingView)):
        return list if issubclass(kind, MappingView) else _itself
    if issubclass(kind, Enum):
        return lambda value: (value.value,)
    names = field_names(kind)
    return (lambda value: [getattr(value, name, None) for name in names]) if names else None


def _itself(value: Any) -> Any:
    return value


def _keys_and_values(value: dict[Any, Any]) -> tuple[Any, ...]:
    keys: Iterable[Any] = dict[Any, Any].keys(value)
    values: Iterable[Any] = dict[Any, Any].values(value)
    return (*values, *keys)


def field_names(kind: type[object]) -> Iterable[str]:
    """The fields of a dataclass or of an attrs class."""
    attributes = getattr(kind, "__attrs_attrs__", ())
    return getattr(kind, "__dataclass_fields__", None) or [attribute.name for attribute in attributes]


@cache
def is_one_shot(kind: type[object]) -> bool:
    """Whether values of this type can be iterated over only once: iterators, except files, which are refused."""
    return issubclass(kind, Iterator) and not issubclass(kind, IOBase)


def as_list(name: str, iterator: Iterable[object]) -> list[Any]:
    """The items of an iterator.

    Args:
        name: The path of the iterator in the body, for the error.
        iterator: The iterator.

    Raises:
        InvalidParameterError: It yields nothing: it is empty, or was used before.
    """
    items = list(iterator)
    if not items:
        raise InvalidParameterError(
            f"{name} is a {type(iterator).__name__} that yields nothing: it is empty, or was used before. "
            "Pass a list, which can be read again"
        )
    return items


def is_bytes(value: object) -> bool:
    """Whether the value is bytes, a bytearray or a memoryview."""
    return isinstance(value, BYTES)


def is_plain(value: object) -> bool:
    """Whether the value is certainly an atom, or a list or tuple of atoms; False may also mean: not checked."""
    kind = type(value)
    return kind in ATOMS or ((kind is list or kind is tuple) and ATOMS.issuperset(map(type, cast("list[Any]", value))))


def with_lists(name: str, value: Any) -> Any:
    """The value with each iterator inside replaced by a list: a copy, or the value itself if it has no iterator.

    Args:
        name: The path of the value in the body, for errors.
        value: Any value.

    Raises:
        InvalidParameterError: An iterator yields nothing.
    """
    return value if is_plain(value) or not _has_one_shot(value) else rebuilt(name, value, text=False)


def _has_one_shot(value: object) -> bool:
    todo: list[object] = [value]
    seen: set[int] = set()
    for item in todo:
        # Any, since mypy does not know that classes are hashable.
        kind: Any = type(item)
        if is_one_shot(kind):
            return True
        parts = parts_of(kind)
        if parts is not None and id(item) not in seen:
            seen.add(id(item))
            todo += [part for part in parts(item) if type(part) not in ATOMS]
    return False


def rebuilt(place: str, value: Any, *, text: bool) -> Any:
    """A copy in which iterators are lists and, if `text` is set, bytes are text and enum members are their values."""
    if text and is_bytes(value):
        return bytes(value).decode()
    kind: Any = type(cast(object, value))
    if is_one_shot(kind):
        value = as_list(place, value)
    if isinstance(value, msgspec.Struct):
        other = copy.copy(value)
        for name in value.__struct_fields__:
            structs.force_setattr(other, name, rebuilt(f"{place}.{name}", getattr(value, name), text=text))
        return other
    if isinstance(value, Enum):
        return rebuilt(place, value.value, text=True) if text else value
    if isinstance(value, Mapping):
        plain = dict(cast("Mapping[Any, Any]", cast(object, value)))
        return {
            rebuilt(place, key, text=text): rebuilt(f"{place}.{key}", item, text=text) for key, item in plain.items()
        }
    if isinstance(value, (Sequence, Set, MappingView)) and not isinstance(value, (str, UserString, *BYTES)):
        inside = enumerate(cast("Iterable[Any]", cast(object, value)))
        items = [rebuilt(f"{place}[{index}]", item, text=text) for index, item in inside]
        return tuple(items) if isinstance(value, tuple) else items
    if names := field_names(kind):
        item = cast(Any, value)
        return {name: rebuilt(f"{place}.{name}", getattr(item, name), text=text) for name in names}
    return cast(Any, value)


def find(body: object, wanted: Callable[[object], bool]) -> str | None:
    """The first value in a body that matches: its place in JSONPath, and what it is; None if no value matches."""
    todo = [("$", body)]
    seen: set[int] = set()
    while todo:
        place, value = todo.pop()
        if wanted(value):
            return f"{place} is {_described(value)}"
        # A body that contains itself is walked through once.
        if id(value) not in seen:
            seen.add(id(value))
            todo += reversed(_inner(place, value))
    return None


def _described(value: object) -> str:
    if isinstance(value, float):
        return repr(value)
    return f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"


def _inner(place: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, msgspec.Struct):
        fields = [(f"{place}.{name}", getattr(value, name)) for name in value.__struct_fields__]
        return [field for field in fields if field[1] is not msgspec.UNSET]
    if isinstance(value, Mapping):
        return [(f"{place}.{name}", item) for name, item in cast(Mapping[object, object], value).items()]
    if isinstance(value, (Sequence, set, frozenset)) and not isinstance(value, (str, bytes)):
        return [(f"{place}[{index}]", item) for index, item in enumerate(cast(Sequence[object], value))]
    return []
