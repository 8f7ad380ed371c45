"""Checks datetimes of requests: they must have a UTC offset, in whole minutes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.representation import shown


def check_moment(name: str, value: object, alternative: str = "") -> None:
    """Refuse a value that is not a datetime with a UTC offset, or that no server can read.

    Args:
        name: The name of the parameter, for the error.
        value: A datetime, or its text in ISO 8601.
        alternative: A value that the error suggests besides a datetime.

    Raises:
        InvalidParameterError: The value is something else.
    """
    moment: object = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
    # pandas.NaT is an instance of datetime, and is not equal to itself.
    if not isinstance(moment, datetime) or moment != moment:
        raise InvalidParameterError(
            f"{name} must be a datetime with an offset, got {shown(value)}: write datetime(..., tzinfo=UTC)"
            f"{' or ' if alternative else ''}{alternative}"
        )
    if moment.tzinfo is UTC:
        return
    if moment.utcoffset() is None:
        raise InvalidParameterError(f"{name} has no time zone, got {value!s}: write datetime(..., tzinfo=UTC)")
    if has_odd_offset(moment):
        raise InvalidParameterError(odd_offset(name, moment))
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise InvalidParameterError(
            f"{name} is before the year 1 or after the year 9999 in UTC, got {value!s}"
        ) from None


def has_odd_offset(value: datetime | time) -> bool:
    """Whether the offset has seconds."""
    offset = value.utcoffset()
    return offset is not None and bool(offset % timedelta(minutes=1))


def odd_offset(name: str, value: datetime | time) -> str:
    """The message about an offset with seconds."""
    return (
        f"{name} has a UTC offset with seconds, got {value!s}, which JSON in ISO 8601 does not have: "
        "convert it with .astimezone(UTC)"
    )
