"""The values of fields against their declared types: what is refused, and what the server takes is left as it is."""

from __future__ import annotations

import decimal
import pathlib
from collections import UserString, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, IntEnum, StrEnum
from types import SimpleNamespace
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.serialization.codec import encode
from prefectkit.core.serialization.request_body import prepared

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
ID = UUID(int=7)


class Sort(StrEnum):
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"


class Level(IntEnum):
    HIGH = 3


class Word(Enum):
    NAME = "NAME_ASC"


class Text(str):
    """A subclass of text."""


class Inner(msgspec.Struct, kw_only=True):
    name: str | UnsetType = UNSET
    count: int | None = None


class Other(msgspec.Struct, kw_only=True):
    name: str | UnsetType = UNSET


class Body(msgspec.Struct, kw_only=True):
    text: str | UnsetType = UNSET
    maybe: str | UnsetType | None = UNSET
    flag: bool | UnsetType = UNSET
    whole: int | UnsetType = UNSET
    number: float | UnsetType = UNSET
    id: UUID | str | UnsetType = UNSET
    ids: Sequence[UUID | str] | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    either: str | list[str] | UnsetType = UNSET
    extra: dict[str, Any] | UnsetType = UNSET
    steps: list[dict[str, Any]] | UnsetType = UNSET
    inner: Inner | UnsetType = UNSET
    inners: list[Inner] | UnsetType = UNSET
    any_inner: Inner | dict[str, Any] | UnsetType = UNSET
    sort: Sort | UnsetType = UNSET
    sorts: Sequence[Sort] | UnsetType = UNSET
    mode: Literal["fast", "slow"] | UnsetType = UNSET
    require: Literal["any", "all"] | int | UnsetType = UNSET
    pairs: list[tuple[UUID, Inner]] | UnsetType = UNSET
    when: Moment | UnsetType = UNSET
    anchor: datetime | UnsetType = UNSET
    span: timedelta | float | UnsetType = UNSET
    value: Any = UNSET


@dataclass
class Data:
    name: str


class Scalar:
    """A number with the interface of numpy's."""

    ndim = 0

    def __init__(self, kind: str, value: float) -> None:
        self.dtype = SimpleNamespace(kind=kind)
        self._value = value

    def __int__(self) -> int:
        return int(self._value)

    def __float__(self) -> float:
        return float(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


class Plain:
    id = ID


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("text", 5, "text must be text, got 5"),
        ("text", True, "text must be text, got True"),
        ("text", None, "text must be text, got None"),
        ("text", ["a"], "text must be text, got ['a']"),
        ("text", {"a": 1}, "text must be text, got {'a': 1}"),
        ("text", Other(name="x"), "text must be text, got an Other with the name 'x'"),
        ("text", Level.HIGH, "text must be text, got <Level.HIGH: 3>"),
        ("text", Scalar("i", 5), "text must be text, got "),
        ("maybe", 1.5, "maybe must be text, got 1.5"),
        ("flag", "no", "flag must be True or False, got 'no'"),
        ("flag", "true", "flag must be True or False, got 'true'"),
        ("flag", 2, "flag must be True or False, got 2"),
        ("flag", None, "flag must be True or False, got None"),
        ("whole", "high", "whole must be a whole number, got 'high'"),
        ("whole", "5.5", "whole must be a whole number, got '5.5'"),
        ("whole", 5.5, "whole must be a whole number, got 5.5"),
        ("whole", True, "whole must be a whole number, got True"),
        ("whole", "", "whole must be a whole number, got ''"),
        ("whole", timedelta(1), "whole must be a whole number, got datetime.timedelta"),
        ("whole", float("inf"), "whole must be a whole number, got inf"),
        ("whole", "9" * 30, "whole must be at most 2**63 - 1, got '999"),
        ("number", "fast", "number must be a number, got 'fast'"),
        ("number", [1], "number must be a number, got [1]"),
        ("number", 2**70, "number must be at most 2**63 - 1, got"),
        ("id", "nightly", "id must be a UUID, got 'nightly': where you have a name, read by name first"),
        ("id", 5, "id must be a UUID, got 5"),
        ("id", None, "id must be a UUID, got None"),
        ("id", Plain(), f"id must be a UUID, got a Plain with the id '{ID}': pass its .id"),
        ("id", [ID], f"id must be a UUID, got [UUID('{ID}')]"),
        ("ids", ID, f"ids must be a list of UUID, got UUID('{ID}'): write [UUID('{ID}')]"),
        ("ids", str(ID), f"ids must be a list of UUID, got '{ID}': write ['{ID}']"),
        ("ids", [ID, "x"], "an item of ids must be a UUID, got 'x'"),
        ("ids", (ID, 5), "an item of ids must be a UUID, got 5"),
        ("tags", "etl", "tags must be a list of text, got 'etl': write ['etl']"),
        ("tags", 5, "tags must be a list of text, got 5"),
        ("tags", ["a", 5], "an item of tags must be text, got 5"),
        ("tags", {"a", None}, "an item of tags must be text, got None"),
        ("tags", (each for each in ["a", 5]), "an item of tags must be text, got 5"),
        ("tags", {"a": 1}, "tags must be a list of text, got {'a': 1}"),
        ("either", 5, "either must be text or a list of text, got 5"),
        ("extra", [1], "extra must be a dict, got [1]"),
        ("extra", "{}", "extra must be a dict, got '{}'"),
        ("steps", {"a": 1}, "steps must be a list of dict, got {'a': 1}: write [{'a': 1}]"),
        ("steps", ["a"], "an item of steps must be a dict, got 'a'"),
        ("inner", "x", "inner must be an Inner, got 'x'"),
        ("inner", Other(name="x"), "inner must be an Inner, got an Other with the name 'x'"),
        ("inner", {"name": 5}, "name of inner must be text, got 5"),
        ("inner", {"count": "many"}, "count of inner must be a whole number, got 'many'"),
        ("inner", Inner(name=5), "name of Inner must be text, got 5"),  # type: ignore[arg-type] -- the mistake
        ("inners", Inner(), "inners must be a list of Inner, got Inner(name=UNSET, count=None): write ["),
        ("inners", [Other()], "an item of inners must be an Inner, got Other(name=UNSET)"),
        ("inners", [Inner(count="x")], "count of Inner must be a whole number"),  # type: ignore[arg-type] -- the mistake
        ("any_inner", "x", "any_inner must be an Inner or a dict, got 'x'"),
        ("sort", "name_asc", "sort cannot be 'name_asc'. Did you mean 'NAME_ASC'?"),
        ("sort", "NAME_ASCC", "sort cannot be 'NAME_ASCC'. Did you mean 'NAME_ASC'?"),
        ("sort", "newest", "sort cannot be 'newest'. It is one of NAME_ASC, NAME_DESC"),
        ("sort", 5, "sort must be one of NAME_ASC, NAME_DESC, got 5"),
        ("sorts", "NAME_ASC", "sorts must be a list of one of NAME_ASC, NAME_DESC, got 'NAME_ASC': write ['NAME_ASC']"),
        ("sorts", ["NAME_ASC", "name"], "an item of sorts cannot be 'name'. It is one of NAME_ASC, NAME_DESC"),
        ("mode", "FAST", "mode cannot be 'FAST'. Did you mean 'fast'?"),
        ("require", "some", "require cannot be 'some'. It is one of any, all"),
        ("require", 1.5, "require must be one of any, all or a whole number, got 1.5"),
        ("pairs", [Inner()], "an item of pairs must be a list, got Inner("),
        ("when", 5, "when must be a datetime with an offset, got 5"),
        ("when", Plain(), "when must be a datetime with an offset, got a Plain"),
        ("anchor", 5, "anchor must be a datetime, got 5"),
        ("span", "1h", "span must be a timedelta or seconds or a number, got '1h'"),
        ("span", "hour", "span must be a timedelta or seconds or a number, got 'hour'"),
        ("span", [1], "span must be a timedelta or seconds or a number, got [1]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_value_of_another_type_is_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        encode(Body(**{name: value}))
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", Text("a")),
        ("text", UserString("a")),
        ("text", b"a"),
        ("text", ID),
        ("text", pathlib.PurePosixPath("flows/etl.py")),
        ("text", Sort.NAME_ASC),
        ("text", date(2026, 7, 1)),
        ("maybe", None),
        ("flag", False),
        ("flag", 1),
        ("flag", Scalar("b", 1)),
        ("whole", 0),
        ("whole", "5"),
        ("whole", 5.0),
        ("whole", Level.HIGH),
        ("whole", Scalar("i", 5)),
        ("number", 5),
        ("number", "1.5"),
        ("number", decimal.Decimal("1.5")),
        ("number", Scalar("f", 1.5)),
        ("id", ID),
        ("id", str(ID)),
        ("id", Text(ID)),
        ("id", ID.hex.upper()),
        ("id", f"urn:uuid:{ID}"),
        ("ids", [ID, str(ID)]),
        ("ids", ()),
        ("ids", {ID: 1}.keys()),
        ("ids", [f"{{{ID}}}"]),
        ("tags", {"a"}),
        ("tags", deque(["a", Text("b")])),
        ("tags", iter(["a"])),
        ("either", "a"),
        ("either", ["a"]),
        ("extra", Data(name="x")),
        ("extra", Inner(name="x")),
        ("steps", [{}, Inner()]),
        ("inner", {"name": "x", "count": 1, "newer": [1]}),
        ("inner", Data(name="x")),
        ("any_inner", Other(name="x")),
        ("any_inner", {"count": "x"}),
        ("sort", "NAME_ASC"),
        ("sort", Word.NAME),
        ("sorts", [Sort.NAME_ASC, "NAME_DESC"]),
        ("mode", "slow"),
        ("require", "any"),
        ("require", 2),
        ("pairs", [(ID, Inner())]),
        ("when", "2026-07-01T09:00:00+02:00"),
        ("when", datetime(2026, 7, 1, tzinfo=UTC)),
        ("anchor", datetime(2026, 7, 1)),
        ("span", 5),
        ("span", timedelta(1)),
        ("span", "PT5M"),
        ("span", "00:05:00"),
        ("span", "1 day, 0:05:00"),
        ("span", "90"),
        ("value", 5),
        ("value", None),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_the_server_takes_is_sent(name: str, value: Any) -> None:
    sent = msgspec.json.decode(encode(Body(**{name: value})))
    assert list(sent) == [name]


def test_an_object_of_another_library_is_left_to_the_encoder() -> None:
    class Dumped:
        def model_dump(self, **_: Any) -> dict[str, Any]:
            return {"name": "x"}

    body = Body(inner=Dumped(), tags=[Text("a")])  # type: ignore[arg-type] -- Prefect's own models are taken, too
    assert msgspec.json.decode(encode(body)) == {"inner": {"name": "x"}, "tags": ["a"]}


def test_a_required_field_that_is_unset_is_left_to_the_server() -> None:
    class Required(msgspec.Struct):
        name: str

    assert encode(Required(name=UNSET)) == b"{}"  # type: ignore[arg-type] -- a caller may leave it out so


def test_bodies_of_ever_new_types_are_checked() -> None:
    make: Callable[[int], type[str]] = lambda number: type(f"Text{number}", (str,), {})  # noqa: E731 -- short
    for number in range(1200):
        assert prepared(Body(text=make(number)("a"), flag=True), strict=True).text == "a"
    with pytest.raises(InvalidParameterError, match="flag must be True or False"):
        prepared(Body(text=make(0)("a"), flag="no"), strict=True)  # type: ignore[arg-type] -- the mistake


def test_a_flat_client_sends_what_the_server_refuses() -> None:
    body: Any = Body(text=5, flag="no", id="x", sort="name_asc", tags="etl")  # type: ignore[arg-type] -- the mistakes
    sent = {"text": 5, "flag": "no", "id": "x", "sort": "name_asc", "tags": "etl"}
    assert msgspec.json.decode(encode(body, strict=False)) == sent
    for wrong in (Body(id=Plain()), Body(when=5), Body(whole=2**70)):  # type: ignore[arg-type] -- no server takes these
        with pytest.raises(InvalidParameterError):
            encode(wrong, strict=False)
