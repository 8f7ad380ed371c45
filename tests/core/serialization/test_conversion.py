"""Values that the encoder does not know, and how each goes out."""

from __future__ import annotations

import dataclasses
import enum
import io
import ipaddress
import json
import pathlib
import re
import uuid
from collections import ChainMap, OrderedDict, UserDict, UserList, UserString, deque
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace
from typing import Any

import attrs
import pendulum
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.errors import RequestEncodeError
from prefectkit.core.serialization.codec import encode
from prefectkit.core.serialization.conversion import set_fields


class Text(str):
    """As tomlkit, markupsafe and numpy have it; one of them writes itself otherwise."""

    def __str__(self) -> str:
        return "another"


class Whole(int):
    def __repr__(self) -> str:
        return "another"


class Real(float):
    pass


class Amount(Decimal):
    pass


class When(datetime):
    def isoformat(self, *_: Any) -> str:
        return "another"


class Day(date):
    pass


class Hour(time):
    pass


class Span(timedelta):
    @property
    def days(self) -> int:
        return 999


class Key(uuid.UUID):
    pass


class Blob(bytes):
    pass


class Color(enum.Enum):
    RED = b"red"


class Scalar:
    """A scalar with the interface of numpy's."""

    ndim = 0

    def __init__(self, kind: str, value: Any) -> None:
        self.dtype = SimpleNamespace(kind=kind)
        self.value = value

    def __int__(self) -> int:
        return int(self.value)

    def __float__(self) -> float:
        return float(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def astype(self, unit: str) -> Scalar:
        assert unit == f"{self.dtype.kind}8[us]"
        return self

    def item(self) -> Any:
        return self.value


@dataclasses.dataclass
class Record:
    value: Any


@dataclasses.dataclass(slots=True)
class Slotted:
    value: Any


@attrs.define
class Attrs:
    value: Any


def generated(*values: Any) -> Iterator[Any]:
    yield from values


NOON = datetime(2026, 7, 1, 12, 30, 5, 7, tzinfo=timezone(timedelta(hours=2)))
UUID_TEXT = "00000000-0000-0000-0000-000000000001"

PLAIN: list[tuple[Any, Any]] = [
    (Text("etl"), "etl"),
    (Whole(5), 5),
    (Real(1.5), 1.5),
    (Amount("1.50"), "1.50"),
    (When(2026, 7, 1, 12, 30, 5, 7, tzinfo=NOON.tzinfo), "2026-07-01T12:30:05.000007+02:00"),
    (Day(2026, 7, 1), "2026-07-01"),
    (Hour(12, 30), "12:30:00"),
    (Span(hours=1), "PT3600S"),
    (Key(UUID_TEXT), UUID_TEXT),
    (pendulum.datetime(2026, 7, 1, tz="Europe/Berlin"), "2026-07-01T00:00:00+02:00"),
    (pendulum.date(2026, 7, 1), "2026-07-01"),
    (pendulum.time(12, 30), "12:30:00"),
    (pendulum.duration(days=1, hours=1), "P1DT3600S"),
    (pendulum.datetime(2026, 7, 2) - pendulum.datetime(2026, 7, 1), "P1D"),
    (pathlib.PurePosixPath("/data/x"), "/data/x"),
    (ipaddress.ip_address("10.0.0.1"), "10.0.0.1"),
    (ipaddress.ip_address("::1"), "::1"),
    (ipaddress.ip_network("10.0.0.0/8"), "10.0.0.0/8"),
    (ipaddress.ip_interface("10.0.0.1/8"), "10.0.0.1/8"),
    (re.compile("a+"), "a+"),
    (deque([1, 2]), [1, 2]),
    (generated(1, "a"), [1, "a"]),
    (map(str, [1]), ["1"]),
    (range(2), [0, 1]),
    ({"a": 1}.keys(), ["a"]),
    ({"a": 1}.items(), [["a", 1]]),
    (UserList([1]), [1]),
    (UserString("text"), "text"),
    (UserDict(a=1), {"a": 1}),
    (OrderedDict(a=1), {"a": 1}),
    (ChainMap({"a": 1}), {"a": 1}),
    (MappingProxyType({"a": 1}), {"a": 1}),
    (b"abc \xc3\xa4", "abc ä"),
    (bytearray(b"abc"), "abc"),
    (memoryview(b"abc"), "abc"),
    (Blob(b"abc"), "abc"),
    (Color.RED, "red"),
    (Record(b"abc"), {"value": "abc"}),
    (Slotted([b"abc"]), {"value": ["abc"]}),
    (Attrs(b"abc"), {"value": "abc"}),
    ((b"a", {b"b"}), ["a", ["b"]]),
    (deque([b"a"]), ["a"]),
    (generated({"x": b"a"}), [{"x": "a"}]),
    (UserDict(a=b"b"), {"a": "b"}),
    (Scalar("i", 3), 3),
    (Scalar("u", 3), 3),
    (Scalar("f", 2.5), 2.5),
    (Scalar("b", True), True),
    (Scalar("m", timedelta(seconds=5)), "PT5S"),
    (Scalar("M", datetime(2026, 7, 1)), "2026-07-01T00:00:00"),
]


@pytest.mark.parametrize(("value", "written"), PLAIN, ids=lambda value: type(value).__name__)
def test_a_value_is_written_as_what_it_is_wherever_it_stands(value: Any, written: Any) -> None:
    if not isinstance(value, Iterator):
        assert json.loads(encode(value)) == written
        assert json.loads(encode([{"deep": (value, 1)}])) == [{"deep": [written, 1]}]
    assert json.loads(encode({"x": {"y": value}})) == {"x": {"y": written}}


KEYS: list[tuple[Any, str]] = [
    (None, "None"),
    (True, "true"),
    (False, "false"),
    (Text("k"), "k"),
    (Whole(1), "1"),
    (Real(1.5), "1.5"),
    (1, "1"),
    (b"k", "k"),
    (Blob(b"k"), "k"),
    (pathlib.PurePosixPath("a/b"), "a/b"),
    (Key(UUID_TEXT), UUID_TEXT),
    (pendulum.date(2026, 7, 1), "2026-07-01"),
    (Color.RED, "red"),
    (Scalar("i", 3), "3"),
]


@pytest.mark.parametrize(("key", "written"), KEYS, ids=lambda value: type(value).__name__)
def test_a_key_is_written_as_prefects_client_writes_it(key: Any, written: str) -> None:
    assert json.loads(encode({"x": {key: 1}})) == {"x": {written: 1}}


class Layer(pydantic.BaseModel):
    kind: str = "dense"
    size: int = 3


class Model(pydantic.BaseModel):
    kind: str = "lstm"
    layers: list[Layer] = []
    first: Layer = Layer()


def test_a_model_of_another_library_is_sent_with_everything_it_holds() -> None:
    model = Model()
    model.layers.append(Layer(size=4))
    sent = {"kind": "lstm", "layers": [{"kind": "dense", "size": 4}], "first": {"kind": "dense", "size": 3}}
    assert json.loads(encode({"a": [model]})) == {"a": [sent]}
    assert json.loads(encode(model)) == sent


def test_a_request_of_prefects_leaves_out_what_was_not_set() -> None:
    from prefect.client.schemas import actions, schedules

    change = actions.DeploymentUpdate(
        description="d",
        schedules=[actions.DeploymentScheduleUpdate(active=False, slug="a")],
        parameters={"model": Model()},
    )
    sent = json.loads(encode({"overrides": change}))["overrides"]
    assert sent == {
        "description": "d",
        "schedules": [{"active": False, "slug": "a"}],
        "parameters": {"model": json.loads(encode(Model()))},
    }

    class Named(actions.FlowRunUpdate):
        """A subclass of a user's."""

    assert encode(Named(name="a")) == b'{"name":"a"}'
    # Prefect's other objects are sent whole: their defaults say of what kind they are.
    assert json.loads(encode(schedules.CronSchedule(cron="0 9 * * *"))) == {
        "cron": "0 9 * * *",
        "timezone": None,
        "day_or": True,
    }


def test_the_set_fields_of_a_model_of_another_library() -> None:
    assert set_fields(Model(kind="gru", first=Layer(size=4))) == {"kind": "gru", "first": {"kind": "dense", "size": 4}}


class NoMoment(datetime):
    """As pandas has it: `NaT` is a datetime and differs from itself."""

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = datetime.__hash__

    def __repr__(self) -> str:
        return "NaT"


class Breaks:
    def model_dump(self, **_: Any) -> Any:
        raise AttributeError("no such field")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"\xff", "can't decode byte 0xff"),
        (bytearray(b"\xff"), "can't decode byte 0xff"),
        (NoMoment(2026, 7, 1, tzinfo=UTC), "NaT is not a date and time"),
        (io.StringIO("text"), "StringIO is not JSON: read the file"),
        (Scalar("c", 1), "Scalar is not JSON"),
        (Breaks(), "no such field"),
        (generated(1, float("nan")), r"\$\.a\.b\[1\] is nan"),
        (map(float, ["inf"]), r"\$\.a\.b\[0\] is inf"),
        (deque([float("nan")]), r"\$\.a\.b\[0\] is nan"),
        (Scalar("f", float("nan")), r"no such number: \$\.a\.b is nan"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_meant_is_refused(value: Any, reason: str) -> None:
    with pytest.raises(RequestEncodeError, match=reason):
        encode({"a": {"b": value}})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    )
)
def test_bytes_come_out_as_the_text_they_are(body: Any) -> None:
    def in_bytes(value: Any) -> Any:
        match value:
            case str():
                return value.encode()
            case list():
                return [in_bytes(item) for item in value]
            case dict():
                return {in_bytes(key): in_bytes(item) for key, item in value.items()}
            case _:
                return value

    assert json.loads(encode(in_bytes(body))) == body
