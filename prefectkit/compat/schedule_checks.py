"""Schedules that Prefect's own classes refuse when they are made: the flat methods do, before anything is sent.

They refuse what no server takes; finer rules of cron expressions and recurrence rules are the server's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from prefectkit.core.errors import InvalidParameterError

LONGEST_RRULE = 6500
"""The most characters of a recurrence rule, as the server counts them."""

_ALIASES = frozenset({"@annually", "@daily", "@hourly", "@midnight", "@monthly", "@weekly", "@yearly"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_STEP = r"(?:/0*[1-9]\d*)?"
_ITEM = re.compile(rf"(?:\*|(\w+)(?:-(\w+))?){_STEP}", re.ASCII)
_DAY = re.compile(rf"(?:[*?]|(\w+)(?:-(\w+))?){_STEP}", re.ASCII)
# `l5` is the last Friday of the month, `5#2` the second.
_WEEKDAY = re.compile(rf"(?:[*?]|l?(\w+)(?:-(\w+))?){_STEP}(?:#(?:[1-5]|l))?", re.ASCII)
# Of each field of a cron expression: its form, the least and the greatest number, its words. Two are optional.
_FIELDS: tuple[tuple[re.Pattern[str], int, int, tuple[str, ...]], ...] = (
    (_ITEM, 0, 59, ()),
    (_ITEM, 0, 23, ()),
    (_DAY, 0, 31, ("l",)),
    (_ITEM, 0, 12, _MONTHS),
    (_WEEKDAY, 0, 7, _DAYS),
    (_ITEM, 0, 59, ()),
    (_ITEM, 0, 2099, ()),
)
_FREQUENCY = re.compile(r"(?:^|[;:])FREQ=(?:YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY|SECONDLY)(?:;|$)")
_PART = re.compile(
    r"(?:BY(?:DAY|WEEKDAY|EASTER|HOUR|MINUTE|MONTH|MONTHDAY|SECOND|SETPOS|WEEKNO|YEARDAY)|COUNT|FREQ|INTERVAL|UNTIL|WKST)"
    r"=[^=]+"
)


def check_schedules(schedules: Iterable[Any]) -> None:
    """Refuse schedules of a deployment with an invalid schedule or number of runs.

    Args:
        schedules: Objects or dicts with the fields of a `DeploymentScheduleCreate`.

    Raises:
        InvalidParameterError: One of them is invalid.
    """
    for deployment_schedule in schedules:
        check_schedule(_field(deployment_schedule, "schedule"))
        most = _field(deployment_schedule, "max_scheduled_runs")
        if isinstance(most, int) and most < 1:
            raise InvalidParameterError(f"max_scheduled_runs must be at least 1, got {most}")


def check_schedule(schedule: Any) -> None:
    """Refuse a schedule whose interval, cron expression, recurrence rule or timezone is invalid.

    Args:
        schedule: An object or a dict with the fields of a schedule.

    Raises:
        InvalidParameterError: It is invalid.
    """
    interval, cron, rrule, timezone = (_field(schedule, name) for name in ("interval", "cron", "rrule", "timezone"))
    seconds = interval.total_seconds() if isinstance(interval, timedelta) else interval
    if isinstance(seconds, int | float) and seconds <= 0:
        raise InvalidParameterError(f"the interval of a schedule must be above zero, got {interval!r}")
    if isinstance(cron, str) and not _is_cron(cron):
        raise InvalidParameterError(f"Invalid cron string: {cron!r}: it has five fields, such as '0 9 * * 1-5'")
    if isinstance(rrule, str) and (len(rrule) > LONGEST_RRULE or not _is_rrule(rrule)):
        shown = rrule if len(rrule) < 100 else f"{rrule[:40]}..., of {len(rrule)} characters"
        raise InvalidParameterError(f"Invalid RRule string {shown!r}: it is a rule such as 'FREQ=WEEKLY;BYDAY=MO,WE'")
    if isinstance(timezone, str) and timezone and not _is_timezone(timezone):
        raise InvalidParameterError(f"Invalid timezone: {timezone!r}: it is an IANA name, such as 'Europe/Berlin'")


def _field(value: Any, name: str) -> Any:
    return cast("Mapping[str, Any]", value).get(name) if isinstance(value, Mapping) else getattr(value, name, None)


def _is_cron(text: str) -> bool:
    fields = text.lower().split()
    if fields and fields[0].startswith("@"):
        return len(fields) == 1 and fields[0] in _ALIASES
    return 5 <= len(fields) <= 7 and all(
        _is_cron_item(item, *limits)
        for field, limits in zip(fields, _FIELDS, strict=False)
        for item in field.split(",")
    )


def _is_cron_item(item: str, form: re.Pattern[str], least: int, greatest: int, words: tuple[str, ...]) -> bool:
    match = form.fullmatch(item)
    return match is not None and all(
        bound is None or bound in words or (bound.isdigit() and least <= int(bound[:9]) <= greatest)
        for bound in match.groups()
    )


def _is_rrule(text: str) -> bool:
    lines = text.upper().split()
    rules = [line.rpartition(":")[2] for line in lines if "FREQ=" in line]
    dates = [line for line in lines if line.startswith(("RDATE", "EXDATE"))]
    starts = [line for line in lines if line.startswith("DTSTART")]
    return (
        bool(rules or dates)
        and len(rules) + len(dates) + len(starts) == len(lines)
        and all(_FREQUENCY.search(rule) and all(map(_PART.fullmatch, rule.split(";"))) for rule in rules)
    )


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return not _has_timezones()
    return True


def _has_timezones() -> bool:
    """Whether this machine knows timezones at all: Windows does not."""
    try:
        ZoneInfo("Europe/Berlin")
    except (OSError, ValueError, KeyError):
        return False
    return True
