"""Iterators anywhere in a value are lists in the copy that is sent, and one that was used is refused."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from io import StringIO
from types import MappingProxyType
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.errors import InvalidParameterError, RequestEncodeError
from prefectkit.core.serialization.codec import encode
from prefectkit.core.serialization.request_body import prepared
from prefectkit.core.serialization.walk import with_lists


class Kind(Enum):
    ONE = 1
    TEXT = b"text"


class Struct(msgspec.Struct):
    value: Any = None


@dataclass
class Data:
    value: Any = None


@attrs.define
class Attrs:
    value: Any = None


class OneShot:
    """An iterator that is none of Python's own."""

    def __init__(self, *items: object) -> None:
        self._items = list(items)

    def __iter__(self) -> Iterator[object]:
        return self

    def __next__(self) -> object:
        if not self._items:
            raise StopIteration
        return self._items.pop(0)


ITERATORS: list[Callable[[], Any]] = [
    lambda: (item for item in [1, 2]),
    lambda: iter([1, 2]),
    lambda: map(int, "12"),
    lambda: filter(None, [0, 1, 2]),
    lambda: reversed([2, 1]),
    lambda: itertools.chain([1], [2]),
    lambda: iter({1: "a", 2: "b"}),
    lambda: OneShot(1, 2),
]

AROUND: list[Callable[[Any], Any]] = [
    lambda value: value,
    lambda value: {"a": value},
    lambda value: [[value]],
    lambda value: ({"a": value},),
    Struct,
    Data,
    Attrs,
    lambda value: {"a": Struct({"b": [value]})},
    lambda value: collections.OrderedDict(a=value),
    lambda value: collections.UserDict(a=value),
    lambda value: MappingProxyType({"a": value}),
    lambda value: collections.deque([value]),
    lambda value: collections.UserList([value]),
    lambda value: {"a": value}.values(),
    lambda value: iter([Data(iter([value]))]),
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("iterator", ITERATORS)
def test_an_iterator_is_sent_as_the_list_of_what_it_yields(
    iterator: Callable[[], Any], around: Callable[[Any], Any]
) -> None:
    expected = encode(around([1, 2]))
    assert encode(around(iterator())) == expected
    lists = with_lists("value", around(iterator()))
    assert encode(lists) == expected == encode(lists)


@pytest.mark.parametrize("around", AROUND[:-1])
def test_one_that_was_used_is_refused(around: Callable[[Any], Any]) -> None:
    body = around(map(int, "12"))
    encode(body)
    for take in (encode, lambda body: with_lists("$", body)):
        with pytest.raises(InvalidParameterError, match=r"^\$\S* is a map that yields nothing: it is empty, or was"):
            take(body)


def test_the_place_of_one_that_was_used_is_told() -> None:
    for body, place in [
        ({"flows": {"name": [1, iter([])]}}, r"\$\.flows\.name\[1\]"),
        (Struct(Data({"a": iter([])})), r"\$\.value\.value\.a"),
    ]:
        with pytest.raises(InvalidParameterError, match=rf"^{place} is a list_iterator that yields nothing"):
            encode(body)


def test_what_the_user_owns_is_left_alone() -> None:
    inner = {"a": iter([b"1"]), "b": Kind.ONE}
    struct = Struct([inner])
    lists = with_lists("value", struct)
    assert lists == Struct([{"a": [b"1"], "b": Kind.ONE}])
    assert lists is not struct
    assert struct.value[0] is inner
    assert not isinstance(inner["a"], list)


@pytest.mark.parametrize(
    "value",
    [1, "text", b"bytes", None, [1, "a"], (), {"a": [1]}, Struct([1]), range(3), Kind.ONE, {"a": {1, 2}.__iter__}],
)
def test_what_has_no_iterator_is_the_same_object(value: Any) -> None:
    assert with_lists("value", value) is value


def test_a_value_that_holds_itself_ends() -> None:
    loop: dict[str, Any] = {}
    loop["a"] = [loop]
    assert with_lists("value", loop) is loop


def test_what_an_iterator_yields_is_checked_and_made_text() -> None:
    body = {"a": iter([Kind.TEXT, b"b", {b"c": (b"d", collections.UserString("e"))}])}
    assert prepared(body) == {"a": ["text", "b", {"c": ("d", "e")}]}
    with pytest.raises(RequestEncodeError, match=r"\$\.a\[0\]\.b is nan"):
        encode({"a": iter([{"b": float("nan")}])})
    assert encode({"a": iter([None]), "b": collections.UserDict(c=iter([None]))}) == b'{"a":[null],"b":{"c":[null]}}'


def test_a_file_is_no_list_of_lines() -> None:
    file = StringIO("a\nb")
    assert with_lists("value", [file]) == [file]
    with pytest.raises(RequestEncodeError, match="read the file"):
        encode([file])


def test_the_fault_is_told_where_it_is_and_not_at_an_iterator() -> None:
    with pytest.raises(RequestEncodeError, match=r"JSON: \$\.b is a object, object is not JSON"):
        encode({"a": iter([1]), "b": object()})
    with pytest.raises(RequestEncodeError, match=r"JSON: \$\.b is a bytes, "):
        encode({"a": iter([1]), "b": b"\xff"})


def test_what_a_generator_raises_is_the_reason() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise LookupError("no more")

    with pytest.raises(RequestEncodeError, match="no more"):
        encode({"a": broken()})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner, min_size=1) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    )
)
def test_lists_may_be_iterators_at_any_depth(body: Any) -> None:
    def with_iterators(value: Any) -> Any:
        match value:
            case list():
                return map(with_iterators, value)
            case dict():
                return {key: with_iterators(item) for key, item in value.items()}
            case _:
                return value

    assert encode(with_iterators(body)) == encode(body)
