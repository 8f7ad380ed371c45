"""Which logs."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, OpenEnum
from prefectkit.models.filters.criteria import AnyOf, Combined, Range, Window


class LogSort(OpenEnum):
    """The order of logs."""

    TIMESTAMP_ASC = "TIMESTAMP_ASC"
    TIMESTAMP_DESC = "TIMESTAMP_DESC"


class LogFilterLevel(Range):
    """By the level of the log, as in the standard library: 10 is DEBUG, 50 is CRITICAL."""


class LogFilterTimestamp(Window):
    """By the moment of the log."""


class LogFilterFlowRunId(AnyOf[Id]):
    """By the flow run of the log."""


class LogFilterTaskRunId(AnyOf[Id]):
    """By the task run of the log.

    Attributes:
        any_: The task run is one of these.
        is_null_: True: the log is of no task run. False: it is of one.
    """

    is_null_: bool | UnsetType | None = UNSET


class LogFilterTextSearch(Body):
    """By the text of the log.

    Attributes:
        query: What the message or the logger's name contains: one of the words, and no word after `-`; quotes hold a
            phrase together. At most 200 characters.
    """

    query: str


class LogFilter(Combined):
    """Which logs.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        level: By the level.
        timestamp: By the moment.
        flow_run_id: By the flow run.
        task_run_id: By the task run.
        text: By the text.
    """

    level: LogFilterLevel | UnsetType | None = UNSET
    timestamp: LogFilterTimestamp | UnsetType | None = UNSET
    flow_run_id: LogFilterFlowRunId | UnsetType | None = UNSET
    task_run_id: LogFilterTaskRunId | UnsetType | None = UNSET
    text: LogFilterTextSearch | UnsetType | None = UNSET
