"""What no server can take, or what JSON would alter, is refused with its place and a way out."""

from __future__ import annotations

import collections
import pathlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import Enum
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pydantic
import pytest
from msgspec import UNSET, UnsetType

from prefectkit.core.errors import InvalidParameterError, RequestEncodeError
from prefectkit.core.serialization.codec import encode

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Body(msgspec.Struct, kw_only=True):
    after: Moment | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    delay: int | float | Sequence[int] | None = None
    at_most: Annotated[int, msgspec.Meta(ge=0)] = 0
    anchor: datetime | None = None
    value: Any = None


@dataclass
class Data:
    value: Any


class Kind(Enum):
    NUMBER = 1
    TEXT = "1"


class Rare(tzinfo):
    """A time zone whose offset is that of a time in history."""

    def utcoffset(self, when: datetime | None) -> timedelta:
        return timedelta(minutes=19, seconds=32)

    def tzname(self, when: datetime | None) -> str:
        return "LMT"

    def dst(self, when: datetime | None) -> None:
        return None


@pytest.mark.parametrize("name", ["limit", "delay", "at_most"])
@pytest.mark.parametrize("number", [2**63, 2**70, -(2**63), -(10**30)])
def test_an_integer_of_more_than_64_bits(name: str, number: int) -> None:
    body = Body(**{name: number})
    for sent, place in ((body, name), ({"a": [body]}, f"{name} of Body"), (Body(value=body), f"{name} of Body")):
        bound = "at most 2**63 - 1" if number > 0 else "at least -2**63 + 1"
        with pytest.raises(InvalidParameterError, match=re.escape(f"{place} must be {bound}, got {number}") + "$"):
            encode(sent)


def test_an_integer_of_64_bits_and_one_that_is_the_users() -> None:
    body = Body(limit=2**63 - 1, at_most=-(2**63) + 1, value=10**30)
    assert msgspec.json.decode(encode(body)) == {
        "limit": 2**63 - 1,
        "delay": None,
        "at_most": -(2**63) + 1,
        "anchor": None,
        "value": 10**30,
    }


@pytest.mark.parametrize(
    "moment",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime(1, 1, 1, 0, 59, tzinfo=timezone(timedelta(hours=1))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:30:00-01:00",
    ],
    ids=str,
)
def test_a_moment_that_is_none_in_utc(moment: Any) -> None:
    reason = f"after of Body is before the year 1 or after the year 9999 in UTC, got {moment}"
    with pytest.raises(InvalidParameterError) as caught:
        encode([Body(after=moment)])
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    "moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59Z"]
)
def test_the_first_and_the_last_moment(moment: Any) -> None:
    assert msgspec.json.decode(encode(Body(after=moment)))["after"] == msgspec.to_builtins(moment)


ODD = [
    datetime(1890, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")),
    datetime(1900, 1, 1, tzinfo=ZoneInfo("Europe/Amsterdam")),
    datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=23, minutes=59, seconds=59))),
    datetime(2026, 1, 1, tzinfo=timezone(timedelta(microseconds=-1))),
    datetime(2026, 1, 1, tzinfo=Rare()),
]


@pytest.mark.parametrize("moment", ODD, ids=str)
def test_an_offset_with_seconds(moment: datetime) -> None:
    advice = r"which JSON in ISO 8601 does not have: convert it with \.astimezone\(UTC\)$"
    for body, place in [
        (Body(after=moment), "after"),
        ([Body(after=moment)], "after of Body"),
        (Body(anchor=moment), r"\$\.anchor"),
        ({"a": [1, {"b": moment}]}, r"\$\.a\[1\]\.b"),
        (Body(value=moment), r"\$\.value"),
        (Body(value=iter([moment])), r"\$\.value\[0\]"),
        ({moment: 1}, "a datetime"),
        ([Data(moment)], "a datetime"),
        (collections.UserDict(a=moment), r"\$\.a"),
        ([moment.timetz()], r"\$\[0\]"),
    ]:
        if isinstance(body, list) and body[0] == moment.timetz() and moment.timetz().utcoffset() is None:
            continue  # A time of day has no offset in a zone whose offset changes.
        with pytest.raises(InvalidParameterError, match=rf"^{place} has a UTC offset with seconds, got .*, {advice}"):
            encode(body)
    assert encode({"a": moment.astimezone(UTC)}).startswith(b'{"a":"')


def test_an_offset_with_seconds_in_text() -> None:
    with pytest.raises(InvalidParameterError, match=r"^after has a UTC offset with seconds"):
        encode(Body(after="1890-01-01T00:00:00+00:53:28"))  # type: ignore[arg-type] -- text of a moment is taken, too


@pytest.mark.parametrize("offset", [timedelta(hours=5, minutes=45), timedelta(minutes=-1), timedelta(0)])
def test_an_offset_of_minutes_is_sent(offset: timedelta) -> None:
    moment = datetime(2026, 7, 1, 9, tzinfo=timezone(offset))
    assert msgspec.json.decode(encode([moment, moment.timetz()])) == msgspec.to_builtins([moment, moment.timetz()])
    assert encode([datetime(2026, 7, 1, 9), time(9)]) == b'["2026-07-01T09:00:00","09:00:00"]'


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ((1, "1"), "1"),
        ((1.5, "1.5"), "1.5"),
        ((True, "true"), "true"),
        ((None, "None"), "None"),
        ((b"x", "x"), "x"),
        ((b"x", bytearray(b"x").decode()), "x"),
        ((Kind.NUMBER, Kind.TEXT), "1"),
        ((Kind.NUMBER, 1), "1"),
        ((UUID(int=1), str(UUID(int=1))), str(UUID(int=1))),
        ((date(2026, 7, 1), "2026-07-01"), "2026-07-01"),
        ((pathlib.PurePosixPath("a"), "a"), "a"),
    ],
    ids=str,
)
def test_two_keys_with_the_same_text(keys: tuple[object, object], text: str) -> None:
    same = {keys[0]: "a", "other": "b", keys[1]: "c"}
    assert len(same) == 3
    for body, place in [
        (same, r"\$"),
        ({"a": [same]}, r"\$\.a\[0\]"),
        (Body(value=same), r"\$\.value"),
        (Data(same), "a dict"),
        (iter([same]), r"\$\[0\]"),
        (collections.UserDict(same), r"\$"),
    ]:
        with pytest.raises(InvalidParameterError) as caught:
            encode(body)
        message = str(caught.value)
        assert message.endswith(f", which are both {text!r} in JSON: keep one of them")
        assert message.startswith(place.replace("\\", "") + " has the keys ")


def test_other_keys() -> None:
    assert encode({1: "a", "2": "b", True + 2: "c"}) == b'{"1":"a","2":"b","3":"c"}'
    assert encode({True: None, 2: 1}) == b'{"true":null,"2":1}'
    with pytest.raises(RequestEncodeError, match="a tuple is no key in JSON"):
        encode({(1, 2): "a", "b": 1})
    with pytest.raises(RequestEncodeError, match="can't decode byte 0xff"):
        encode({b"\xff": "a", "b": 1})


# Secrets of pydantic

TEXT = "hunter22"


class Login(pydantic.BaseModel):
    user: str = "me"
    password: pydantic.SecretStr = pydantic.SecretStr(TEXT)


class Token(pydantic.BaseModel):
    token: pydantic.SecretBytes = pydantic.SecretBytes(TEXT.encode())


class Birthday(pydantic.BaseModel):
    day: pydantic.Secret[date] = pydantic.Secret[date](date(2000, 1, 1))


class Several(pydantic.BaseModel):
    first: list[Login] = []
    rest: dict[str, Any] = {"a": [1, {"b": Login()}]}


class Extra(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="allow")


class Wrapped(pydantic.RootModel[list[Login]]):
    pass


class Revealed(pydantic.BaseModel):
    password: pydantic.SecretStr = pydantic.SecretStr(TEXT)
    starred: pydantic.SecretStr = pydantic.SecretStr("**********")

    @pydantic.field_serializer("password", "starred", when_used="json")
    def dump(self, secret: pydantic.SecretStr) -> str:
        return secret.get_secret_value()


class Excluded(pydantic.BaseModel):
    password: pydantic.SecretStr = pydantic.Field(pydantic.SecretStr(TEXT), exclude=True)
    empty: pydantic.SecretStr = pydantic.SecretStr("")
    text: str = "*"
    texts: tuple[str, ...] = ("**********",)


@pydantic.dataclasses.dataclass
class Dataclass:
    login: Login


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (Login(), "password of Login"),
        (Token(), "token of Token"),
        (Birthday(), "day of Birthday"),
        (Several(), "rest.a[1].b.password of Several"),
        (Several(first=[Login()]), "first[0].password of Several"),
        (Extra.model_validate({"key": pydantic.SecretStr(TEXT)}), "key of Extra"),
        (Wrapped([Login()]), "[0].password of Wrapped"),
        (Dataclass(Login()), "password of Login"),
        ([1, {"a": Login()}], "password of Login"),
        (iter([Login()]), "password of Login"),
        (pydantic.SecretStr(TEXT), "a secret"),
        (pydantic.SecretBytes(b""), "a secret"),
        ({"a": [pydantic.Secret[int](3)]}, "a secret"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_secret_of_pydantic_is_not_sent_as_asterisks(value: Any, where: str) -> None:
    with pytest.raises(RequestEncodeError) as caught:
        encode({"parameters": {"login": value}})
    message = str(caught.value)
    assert f"{where}{' is a secret' if ' of ' in where else ''}, which would be sent as asterisks: pass its" in message
    assert "$.parameters.login" in message or isinstance(value, type(iter([])))
    assert TEXT not in message


def test_what_a_model_reveals_itself_is_sent() -> None:
    assert msgspec.json.decode(encode(Revealed())) == {"password": TEXT, "starred": "**********"}
    assert msgspec.json.decode(encode(Excluded())) == {"empty": "", "text": "*", "texts": ["**********"]}
