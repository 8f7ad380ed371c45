"""Ways in which a response can be wrong, odd, or of another version of the server."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

DEEP = 5000
OTHERS: list[Any] = [
    "text",
    "",
    "9" * 5000,
    "5",
    "1.0",
    "true",
    0,
    5,
    -1,
    2**40,
    1.5,
    1.0,
    True,
    None,
    [],
    {},
    [1],
    [None],
    {"a": 1},
]
MOMENTS = [
    "2024-01-02T03:04:05",
    "2024-01-02 03:04:05.5",
    "2024-01-02T03:04:60Z",
    "2024-01-02T24:00:00Z",
    "10000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999Z",
    "9999-12-31T23:59:59-05:00",
    "0001-01-01T00:00:00+05:00",
    "0000-01-01T00:00:00Z",
    "2024-01-02",
    "20240102T030405Z",
    "2024-02-30T00:00:00Z",
    "2024-01-02T03:04:05+99:99",
    "2024-01-02T03:04:05.123456789Z",
    "٢٠٢٤-01-02T03:04:05Z",
    "+12024-01-02T03:04:05Z",
    "9" * 5000 + "-01-01",
    "2024-01-02T03:04:05." + "9" * 5000,
    "Tue, 02 Jan 2024 03:04:05 GMT",
    1704164645,
    1704164645.5,
    1e20,
]
DURATIONS = [
    90.5,
    90,
    "90.5",
    -5.25,
    1e20,
    1e300,
    "PT90S",
    "P1Y",
    "1 day, 2:00:00",
    "PT1e9S",
    "P999999999999D",
    -(2**70),
]
RAW = [
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"1e999",
    b"-1e999",
    b"1" + b"0" * 5000,
    b"-123456789012345678901234567890",
    b"1E400",
    b"01",
    b"'text'",
    b"undefined",
    b'"\\ud800"',
    b'"\\udfff\\ud800"',
    b'"\xff\xfe"',
    b'"\xed\xa0\x80"',
    b'"\xc3"',
    b'"a\x00b"',
    b'"\\u0000"',
    b'"\\x"',
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b"[" * DEEP,
    b"",
]
MARK = "@raw@"

Mutation = Callable[[Any, Random], bytes]
Place = tuple[Any, Any]


def encoded(value: Any, raw: bytes | None = None) -> bytes:
    """The value as JSON, with these bytes where the mark is."""
    data = msgspec.json.encode(value)
    return data if raw is None else data.replace(f'"{MARK}"'.encode(), raw)


def places(value: Any) -> list[Place]:
    """Each container and key in a value."""
    found: list[Place] = []
    todo = [value]
    while todo:
        here = todo.pop()
        if isinstance(here, (dict, list)):
            keys = list(here) if isinstance(here, dict) else range(len(here))
            found += [(here, key) for key in keys]
            todo += [here[key] for key in keys]
    return found


def _put(choose: Callable[[Random], Any], raw: bool = False, likely: re.Pattern[str] = re.compile("")) -> Mutation:
    """Something else in one place, where there is one in one that looks so."""

    def mutate(value: Any, random: Random) -> bytes:
        boxed = [copy.deepcopy(value)]
        everywhere = places(boxed)
        holder, key = random.choice([it for it in everywhere if likely.match(str(it[0][it[1]]))] or everywhere)
        chosen = choose(random)
        holder[key] = MARK if raw else chosen
        return encoded(boxed[0], chosen if raw else None)

    return mutate


def _in_object(change: Callable[[dict[str, Any], str, Random], bytes | None]) -> Mutation:
    """A change to a field of some object."""

    def mutate(value: Any, random: Random) -> bytes:
        changed = copy.deepcopy(value)
        fields = [(holder, key) for holder, key in places(changed) if isinstance(holder, dict)]
        if not fields:
            return encoded({"field": value})
        holder, key = random.choice(fields)
        return encoded(changed, change(holder, key, random))

    return mutate


def _drop(holder: dict[str, Any], key: str, random: Random) -> None:
    del holder[key]


def _rename(holder: dict[str, Any], key: str, random: Random) -> None:
    holder[random.choice([key.upper(), key + "_", key.replace("_", ""), "", "type"])] = holder.pop(key)


def _add(holder: dict[str, Any], key: str, random: Random) -> None:
    holder[random.choice(["field_of_tomorrow", "__class__", "self", "ü ☃", ""])] = random.choice(OTHERS)


def _double(holder: dict[str, Any], key: str, random: Random) -> bytes:
    rest = msgspec.json.encode(random.choice(OTHERS))
    value = msgspec.json.encode(holder[key])
    holder[key] = MARK
    return value + b"," + msgspec.json.encode(key) + b":" + rest


def _odd_key(holder: dict[str, Any], key: str, random: Random) -> None:
    holder[random.choice(["null", "1", "2024-01-01", "\x7f", "a" * 5000])] = holder[key]


def _truncate(value: Any, random: Random) -> bytes:
    data = encoded(value)
    return data[: random.randrange(len(data))]


def _flip(value: Any, random: Random) -> bytes:
    data = bytearray(encoded(value))
    for _ in range(random.randint(1, 4)):
        data[random.randrange(len(data))] = random.randrange(256)
    return bytes(data)


def _several(value: Any, random: Random) -> bytes:
    """Two changes at once: what one leaves readable, the other may not."""
    for name in random.choices(["drop", "retype", "moment", "duration", "unknown member"], k=2):
        value = msgspec.json.decode(MUTATIONS[name](value, random))
    return encoded(value)


def _wrapped(value: Any, random: Random) -> bytes:
    return encoded(
        random.choice([[value], {"data": value}, {"results": value}, {"detail": "x"}, [[value]], [value, 1]])
    )


def _outer(value: Any, random: Random) -> bytes:
    data = encoded(value)
    return random.choice(
        [
            b"\xef\xbb\xbf" + data,
            data.decode().encode("utf-16"),
            data + b"}",
            data + data,
            b"\x1f\x8b" + data,
            b"  " + data + b"\n",
            b"",
            b" ",
            b"<html><body>502 Bad Gateway</body></html>",
            b")]}',\n" + data,
            b"// comment\n" + data,
            b"data: " + data,
        ]
    )


MUTATIONS: dict[str, Mutation] = {
    "drop": _in_object(_drop),
    "rename": _in_object(_rename),
    "add": _in_object(_add),
    "double": _in_object(_double),
    "odd key": _in_object(_odd_key),
    "retype": _put(lambda random: random.choice(OTHERS)),
    "unknown member": _put(lambda random: random.choice(["FROM_TOMORROW", "from_tomorrow", "ü"])),
    "moment": _put(lambda random: random.choice(MOMENTS), likely=re.compile(r"\d{4}-\d\d-")),
    "duration": _put(lambda random: random.choice(DURATIONS), likely=re.compile(r"-?P|\d+\.\d")),
    "raw": _put(lambda random: random.choice(RAW), raw=True),
    "several": _several,
    "truncate": _truncate,
    "flip": _flip,
    "wrap": _wrapped,
    "outer": _outer,
}
