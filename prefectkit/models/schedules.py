"""When a deployment runs: the three kinds of schedule, and how a deployment holds them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeAlias, cast

from msgspec import UNSET, UnsetType

from prefectkit.models.base import JSON, Model, as_kind


class IntervalSchedule(Model):
    """One run every so often.

    Attributes:
        interval: The time between two runs.
        anchor_date: A moment that the runs are counted from; without an offset, one in `timezone`. Default: now.
        timezone: An IANA name, such as `Europe/Berlin`, whose daylight saving time the runs follow. Default: UTC.
    """

    interval: timedelta
    anchor_date: datetime | UnsetType = UNSET
    timezone: str | UnsetType | None = UNSET


class CronSchedule(Model):
    """Runs at the times of a cron expression.

    Attributes:
        cron: The expression, such as `0 9 * * 1-5`.
        timezone: An IANA name, such as `Europe/Berlin`, for the times. Default: UTC.
        day_or: Whether a day of the month and a day of the week are alternatives. Default: True.
    """

    cron: str
    timezone: str | UnsetType | None = UNSET
    day_or: bool | UnsetType = UNSET


class RRuleSchedule(Model):
    """Runs at the times of an iCalendar recurrence rule.

    Attributes:
        rrule: The rule, such as `FREQ=WEEKLY;BYDAY=MO,WE`, with a line for `DTSTART` where it has one.
        timezone: An IANA name, such as `Europe/Berlin`, for the times. Default: UTC.
    """

    rrule: str
    timezone: str | UnsetType | None = UNSET


SCHEDULE_TYPES: TypeAlias = IntervalSchedule | CronSchedule | RRuleSchedule
"""The kinds of schedule, for annotations and `isinstance`."""

Schedule: TypeAlias = SCHEDULE_TYPES | JSON
"""Any kind of schedule; one that a newer server adds stays JSON."""

_KINDS: dict[str, type[Model]] = {"interval": IntervalSchedule, "cron": CronSchedule, "rrule": RRuleSchedule}


def as_schedule(value: object) -> Schedule:
    """A decoded object as a schedule. Its kind is recognized by the one field that no other kind has."""
    for key, kind in _KINDS.items():
        if isinstance(value, dict) and key in value:
            return cast(Schedule, as_kind(value, kind))
    return cast(Schedule, value)
