"""Repair of odd timestamps: a refused response is decoded once more, with unusual but clear timestamps rewritten."""

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
"""Fields that are repaired in one response at most."""


def decode_repaired(type_: Any, body: bytes, refusal: msgspec.ValidationError) -> Any:
    """The body as a value of the type, as `convert_repaired` makes it.

    A list is read row by row, so that the time grows with its length and no faster.

    Args:
        type_: The type.
        body: What the decoder refused.
        refusal: The reason.

    Raises:
        msgspec.MsgspecError: It is not JSON, or not that of the type.
    """
    if "datetime" not in str(refusal):
        raise refusal
    if get_origin(type_) is not list:
        return convert_repaired(type_, msgspec.json.decode(body))
    reader = _Reader(get_args(type_)[0])
    return [reader.row(index, row) for index, row in enumerate(msgspec.json.decode(body, type=list[msgspec.Raw]))]


def convert_repaired(type_: Any, data: Any) -> Any:
    """Decoded JSON as a value of the type, with every timestamp mended that stands where one is expected.

    Without an offset it is UTC; a leap second is the second before it; 24:00 is the next day's 0:00; a date alone is
    its first moment; a year beyond 9999 is the last moment there is.

    Raises:
        msgspec.ValidationError: What is wrong is not a timestamp, or means nothing.
    """
    return _Reader(type_).convert(data)


class _Reader:
    """Reads values of one type, and remembers where timestamps were odd: they will be in the next one."""

    def __init__(self, type_: Any) -> None:
        self._type = type_
        self._decoder = msgspec.json.Decoder(type_, strict=False)
        self._odd: list[list[str]] = []

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
        for steps in self._odd:
            _mend(data, steps)
        while True:
            try:
                return msgspec.convert(data, self._type, strict=False)
            except msgspec.ValidationError as error:
                place = _PLACE.search(str(error))
                if "datetime" not in str(error) or place is None or len(self._odd) == MOST_FIELDS:
                    raise
                steps = [name or index for name, index in _STEP.findall(place[1])]
                if not _mend(data, steps):
                    raise
                self._odd.append(steps)


def _mend(data: Any, steps: list[str]) -> bool:
    """Mend the field there, in this row and all others; False where there was nothing to mend."""
    mended = False
    for holder, key in list(_holders(data, steps)):
        moment = _moment(holder[key])
        if moment is not None:
            holder[key] = moment
            mended = True
    return mended


def _holders(data: Any, steps: list[str]) -> Iterator[tuple[Any, Any]]:
    """Each container and key that the steps lead to, an index standing for every index."""
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
