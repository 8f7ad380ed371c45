"""Timestamps in other forms than the server of today writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any

import msgspec
import pytest

from prefectkit.core.errors import ResponseDecodeError
from prefectkit.core.http.messages import Response
from prefectkit.core.serialization import timestamps as leniency
from prefectkit.core.serialization.codec import decode
from prefectkit.core.serialization.timestamps import MOST_FIELDS

Timestamp = Annotated[datetime, msgspec.Meta(tz=True)]
MAX = datetime.max.replace(tzinfo=UTC)


class Row(msgspec.Struct):
    at: Timestamp | None
    text: str = ""
    inner: dict[str, list[Timestamp]] = {}
    count: int = 0


def read(type_: Any, data: object) -> Any:
    return decode(type_, Response(200, {}, msgspec.json.encode(data)))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-02T03:04:05", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2024-01-02 03:04:05.25", datetime(2024, 1, 2, 3, 4, 5, 250_000, tzinfo=UTC)),
        ("2024-01-02T03:04", datetime(2024, 1, 2, 3, 4, tzinfo=UTC)),
        ("2024-01-02", datetime(2024, 1, 2, tzinfo=UTC)),
        ("2024-01-02T03:04:60Z", datetime(2024, 1, 2, 3, 4, 59, tzinfo=UTC)),
        ("2024-12-31T24:00:00Z", datetime(2025, 1, 1, tzinfo=UTC)),
        ("2024-01-02T03:04:05.1234567891", datetime(2024, 1, 2, 3, 4, 5, 123_456, tzinfo=UTC)),
        ("2024-01-02T03:04:60+05:30", datetime(2024, 1, 2, 3, 4, 59, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        (" 2024-01-02T03:04:05 z ", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("10000-01-01T00:00:00Z", MAX),
        ("99999-12-31", MAX),
        ("0001-01-01T00:00:00", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_timestamp_that_means_something_is_read(text: str, moment: datetime) -> None:
    read_moment = read(Row, {"at": text}).at
    assert read_moment == moment
    assert read_moment.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024-13-01",
        "2024-01-32T00:00:00",
        "2024-01-02T25:00:00Z",
        "2024-01-02T03:60:00Z",
        "2024-01-02T03:04:05+99:99",
        "2024-01-02T03:04:05 UTC",
        "9999-12-31T24:00:00",
    ],
)
def test_one_that_means_nothing_is_a_decode_error(text: str) -> None:
    with pytest.raises(ResponseDecodeError):
        read(Row, {"at": text})


def test_it_is_mended_wherever_a_timestamp_stands_and_nowhere_else() -> None:
    naive, moment = "2024-01-02T00:00:00", datetime(2024, 1, 2, tzinfo=UTC)
    rows = read(
        list[Row],
        [
            {"at": None, "text": naive},
            {"at": naive, "text": naive, "inner": {"a": [naive], "b": ["2024-01-02T00:00:00Z", naive]}, "other": naive},
            {"at": "2024-01-02T00:00:00Z", "inner": {}},
        ],
    )
    assert rows == [
        Row(None, naive),
        Row(moment, naive, {"a": [moment], "b": [moment, moment]}),
        Row(moment),
    ]


def test_a_row_that_lacks_the_field_does_not_stop_the_others() -> None:
    class Loose(msgspec.Struct):
        at: Timestamp | None = None

    rows = read(list[Loose | None], [{}, None, {"at": "2024-01-02"}])
    assert rows == [Loose(), None, Loose(datetime(2024, 1, 2, tzinfo=UTC))]
    inside = read(dict[str, list[Loose | None]], {"rows": [{}, None, {"at": "2024-01-02"}]})
    assert inside == {"rows": rows}


def test_another_fault_stays_one() -> None:
    for data in ({"at": "2024-01-02", "count": "x"}, {"at": 5.5j.imag, "count": "x"}, {"count": 1}):
        with pytest.raises(ResponseDecodeError):
            read(Row, data)
    with pytest.raises(ResponseDecodeError):
        read(Timestamp, "2024-01-02T25:00:00")


def test_the_mending_comes_to_an_end() -> None:
    wide = msgspec.defstruct("Wide", [(f"f{number}", Timestamp) for number in range(MOST_FIELDS + 1)])
    some = {f"f{number}": "2024-01-02T00:00:00Z" for number in range(MOST_FIELDS + 1)}
    assert read(wide, some | {"f0": "2024-01-02"})
    assert read(wide, dict.fromkeys(list(some)[:-1], "2024-01-02") | {f"f{MOST_FIELDS}": "2024-01-02T00:00:00Z"})
    with pytest.raises(ResponseDecodeError):
        read(wide, dict.fromkeys([*some][:MOST_FIELDS], "2024-01-02") | {f"f{MOST_FIELDS}": "no time"})


def test_the_work_grows_with_the_rows_and_no_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each odd field is learnt once, from the one row where it is."""
    names = [f"f{number}" for number in range(8)]
    wide = msgspec.defstruct("Wide", [("name", str), *((name, Timestamp | None, None) for name in names)])
    converted: list[Any] = []
    convert = msgspec.convert

    def count(data: Any, *args: Any, **options: Any) -> Any:
        converted.append(data)
        return convert(data, *args, **options)

    monkeypatch.setattr(msgspec, "convert", count)
    rows: list[dict[str, str]] = [{"name": "x"}] * 1000
    rows += [{"name": "x", name: "2024-01-02"} for name in names for _ in range(3)]
    read_rows = read(list[wide], rows)
    assert [getattr(row, name) for row, name in zip(read_rows[1000::3], names, strict=True)] == [
        datetime(2024, 1, 2, tzinfo=UTC)
    ] * len(names)
    assert not isinstance(converted[0], list)
    # Each odd row once, and once more where its field is new.
    assert len(converted) == 3 * len(names) + len(names)


def test_a_fault_in_a_row_says_which() -> None:
    rows = [{"at": "2024-01-02"}, {"at": None, "count": "x"}]
    with pytest.raises(ResponseDecodeError, match=r"`\$\[1\]\.count`"):
        read(list[Row], rows)
    with pytest.raises(ResponseDecodeError, match=r"`\$\[1\]\.at`"):
        read(list[Row], [{"at": "2024-01-02"}, {"at": "2024-13-01"}])
    with pytest.raises(ResponseDecodeError, match=r"`\$\[1\]`"):
        read(list[Row], [{"at": "2024-01-02"}, 5])


def test_what_is_no_timestamp_is_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leniency, "convert_repaired", None)
    monkeypatch.setattr(leniency, "_Reader", None)
    with pytest.raises(ResponseDecodeError, match="count"):
        read(Row, {"at": None, "count": "x"})
