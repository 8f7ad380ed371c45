"""What a body is made ready by: moments with an offset, and bytes as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.serialization.codec import encode
from prefectkit.core.serialization.request_body import prepared

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Window(msgspec.Struct, kw_only=True):
    after: Moment | UnsetType | None = UNSET
    anchor: datetime | None = None
    value: Any = None


class Body(msgspec.Struct, kw_only=True):
    windows: Sequence[Window] = ()
    extra: dict[str, Moment] | UnsetType = UNSET


NAIVE = datetime(2026, 7, 1, 9)


class NoMoment(datetime):
    def __ne__(self, other: object) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = datetime.__hash__


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (NAIVE, "after of Window has no time zone, got 2026-07-01 09:00:00: write datetime(..., tzinfo=UTC)"),
        ("2026-07-01T09:00", "after of Window has no time zone, got 2026-07-01T09:00"),
        (NAIVE.date(), "after of Window must be a datetime with an offset, got datetime.date(2026, 7, 1)"),
        (3600, "after of Window must be a datetime with an offset, got 3600"),
        (1e9, "must be a datetime"),
        (True, "must be a datetime"),
        (dt.timedelta(hours=1), "must be a datetime"),
        (NAIVE.time(), "must be a datetime"),
        ("tomorrow", "must be a datetime with an offset, got 'tomorrow'"),
        (NoMoment(2026, 7, 1, tzinfo=UTC), "must be a datetime"),
    ],
    ids=repr,
)
def test_what_is_no_moment_is_refused_where_one_is_due(moment: Any, reason: str) -> None:
    window = Window(after=moment)
    for body in (Body(windows=[Window(), window]), {"a": [window]}):
        with pytest.raises(InvalidParameterError) as caught:
            encode(body)
        assert reason in str(caught.value)
    with pytest.raises(InvalidParameterError) as caught:
        encode(window)
    assert reason.replace(" of Window", "") in str(caught.value)


@pytest.mark.parametrize(
    "moment", [None, UNSET, datetime(2026, 7, 1, 9, tzinfo=UTC), "2026-07-01T09:00:00Z", "2026-07-01T09:00+02:00"]
)
def test_a_moment_with_its_offset_goes_out(moment: Any) -> None:
    assert msgspec.json.decode(encode(Window(after=moment, anchor=NAIVE, value=NAIVE))) == {
        **({} if moment is UNSET else {"after": msgspec.to_builtins(moment)}),
        "anchor": "2026-07-01T09:00:00",
        "value": "2026-07-01T09:00:00",
    }


def test_what_belongs_to_the_user_is_not_looked_at() -> None:
    assert encode({"start": NAIVE}) == b'{"start":"2026-07-01T09:00:00"}'
    assert encode(Body(extra={"a": NAIVE})) == b'{"windows":[],"extra":{"a":"2026-07-01T09:00:00"}}'


def test_a_body_without_bytes_is_left_as_it_is() -> None:
    body = Body(windows=[Window(value={"a": [1, "b"]})])
    assert prepared(body) is body


def test_bytes_are_text_in_a_copy() -> None:
    window = Window(value=[{b"a": (b"b",)}])
    body = Body(windows=[window])
    assert prepared(body) == Body(windows=[Window(value=[{"a": ("b",)}])])
    assert window.value == [{b"a": (b"b",)}]


def test_a_body_that_holds_itself_ends() -> None:
    loop: dict[str, Any] = {}
    loop["a"] = [loop, Window(value=loop)]
    assert prepared(loop) is loop
