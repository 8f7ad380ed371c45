"""Repairs unusual timestamps: a response that cannot be decoded is decoded again, with its timestamps rewritten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args, get_origin

import msgspec

_TIMESTAMP = re.compile(
    r"(\d{4,})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?\s*(Z|z|[+-]\d\d:?\d\d)?", re.ASCII
)
_PLACE = re.compile(r"`\$([^`]*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
MOST_FIELDS = 64
"""The maximum number of fields that are repaired in one response."""


def decode_repaired(type_: Any, body: bytes, refusal: msgspec.ValidationError) -> Any:
    """The body as a value of the type, as `convert_repaired` makes it.

    A list is read row by row, so that the time is linear in its length.

    Args:
        type_: The type.
        body: The body that the decoder refused.
        refusal: The decoder's error.

    Raises:
        msgspec.MsgspecError: The body is not JSON, or not of this type.
    """
    if "datetime" not in str(refusal):
        raise refusal
    if get_origin(type_) is not list:
        return convert_repaired(type_, msgspec.json.decode(body))
    reader = _Reader(get_args(type_)[0])
    return [reader.row(index, row) for index, row in enumerate(msgspec.json.decode(body, type=list[msgspec.Raw]))]


def convert_repaired(type_: Any, data: Any) -> Any:
    """Decoded JSON as a value of the type, with the timestamps in its datetime fields repaired.

    A timestamp without an offset is read as UTC, a leap second as the second before it, 24:00 as 0:00 of the next day,
    a date without a time as 0:00, and a year after 9999 as the last possible datetime.

    Raises:
        msgspec.ValidationError: The wrong value is not a timestamp, or one that cannot be repaired.
    """
    return _Reader(type_).convert(data)


class _Reader:
    """Reads values of one type, and remembers which fields had to be repaired: the next value will need it too."""

    def __init__(self, type_: Any) -> None:
        self._type = type_
        self._decoder = msgspec.json.Decoder(type_, strict=False)
        self._repaired: list[list[str]] = []

    def row(self, index: int, row: msgspec.Raw) -> Any:
        """A row of a list, with its index in the messages of errors."""
        try:
            try:
                return self._decoder.decode(row)
            except msgspec.ValidationError as error:
                if "datetime" not in str(error):
                    raise
                return self.convert(msgspec.json.decode(row))
        except msgspec.ValidationError as error:
            reason, _, place = str(error).partition(" - at `$")
            raise msgspec.ValidationError(f"{reason} - at `$[{index}]{place or '`'}") from None

    def convert(self, data: Any) -> Any:
        """See `convert_repaired`."""
        for steps in self._repaired:
            _repair(data, steps)
        while True:
            try:
                return msgspec.convert(data, self._type, strict=False)
            except msgspec.ValidationError as error:
                place = _PLACE.search(str(error))
                if "datetime" not in str(error) or place is None or len(self._repaired) == MOST_FIELDS:
                    raise
                steps = [name or index for name, index in _STEP.findall(place[1])]
                if not _repair(data, steps):
                    raise
                self._repaired.append(steps)


def _repair(data: Any, steps: list[str]) -> bool:
    """Repair the field at this path, in every item of the lists on the path; return whether any was repaired."""
    is_repaired = False
    for holder, key in list(_holders(data, steps)):
        moment = _moment(holder[key])
        if moment is not None:
            holder[key] = moment
            is_repaired = True
    return is_repaired


def _holders(data: Any, steps: list[str]) -> Iterator[tuple[Any, Any]]:
    """Each container and key at this path; an index in the path matches every index."""
    step, *rest = steps or [""]
    keys: list[Any] = []
    if isinstance(data, list):
        keys = list(range(len(cast(list[Any], cast(object, data)))))
    elif isinstance(data, dict):
        fields = cast(dict[Any, Any], cast(object, data))
        keys = list(fields) if step == "..." else [step] * (step in fields)
    for key in keys:
        if rest:
            yield from _holders(data[key], rest)
        else:
            yield data, key


def _moment(value: Any) -> str | None:
    match = _TIMESTAMP.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups(default="")
    offset = "+00:00" if offset in ("", "Z", "z") else offset
    if len(year.lstrip("0")) > 4:
        return datetime.max.replace(tzinfo=UTC).isoformat()
    try:
        moment = datetime.fromisoformat(f"{year}-{month}-{day}T00:00:00{offset}") + timedelta(
            hours=int(hour or 0),
            minutes=int(minute or 0),
            seconds=min(int(second or 0), 59),
            microseconds=int(f"{fraction:0<6}"[:6]),
        )
    except (ValueError, OverflowError):
        return None
    return moment.isoformat() if int(hour or 0) <= 24 and int(minute or 0) < 60 else None
