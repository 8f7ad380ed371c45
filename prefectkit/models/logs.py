"""Logs of flow runs and task runs."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, OrText, Stored, Timestamp
from prefectkit.models.filter_shortcuts import FilterShortcuts, Ids, Moment, any_of, at_least, window
from prefectkit.models.filters.logs import (
    LogFilter,
    LogFilterFlowRunId,
    LogFilterLevel,
    LogFilterTaskRunId,
    LogFilterTimestamp,
    LogSort,
)


class Log(Stored):
    """One log message.

    Attributes:
        name: The name of the logger.
        level: The level, as in the standard library: 10 is DEBUG, 50 is CRITICAL.
        message: The message.
        timestamp: When it was written.
        flow_run_id: The id of its flow run.
        task_run_id: The id of its task run.
    """

    name: str
    level: int
    message: str
    timestamp: Timestamp
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None


class LogCreate(Body):
    """A log message to store.

    Attributes:
        name: The name of the logger.
        level: The level, as in the standard library: 10 is DEBUG, 50 is CRITICAL.
        message: The message.
        timestamp: When it was written.
        flow_run_id: The id of its flow run. Default: none.
        task_run_id: The id of its task run. Default: none.
        worker_id: The id of its worker. Only on Prefect Cloud: other servers refuse it. Default: none.
    """

    name: str
    level: int
    message: str
    timestamp: Timestamp
    flow_run_id: Id | UnsetType | None = UNSET
    task_run_id: Id | UnsetType | None = UNSET
    worker_id: Id | UnsetType | None = UNSET


class LogQuery(FilterShortcuts):
    """Which logs, and how many of them in which order.

    Attributes:
        logs: A filter on the logs. Default: all.
        sort: The order. Default: the oldest first.
        limit: At most this many logs. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many logs to skip. Default: 0.
        flow_run_id: Only of this flow run, or of one of these.
        task_run_id: Only of this task run, or of one of these.
        level: Only at this level or above, as in `logging`: 40 for errors.
        since: Only logs written at this moment or later, by `timestamp`. A `timedelta` counts back from now.
        until: Only logs written at this moment or earlier, by `timestamp`. A `timedelta` counts back from now.
    """

    shortcuts = frozenset({"flow_run_id", "level", "since", "task_run_id", "until"})

    logs: LogFilter | UnsetType | None = UNSET
    sort: OrText[LogSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET
    flow_run_id: Ids | UnsetType | None = UNSET
    task_run_id: Ids | UnsetType | None = UNSET
    level: int | UnsetType | None = UNSET
    since: Moment | UnsetType | None = UNSET
    until: Moment | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        self.add_criteria(
            "logs",
            LogFilter,
            flow_run_id=any_of(LogFilterFlowRunId, "flow_run_id", self.flow_run_id),
            task_run_id=any_of(LogFilterTaskRunId, "task_run_id", self.task_run_id),
            level=at_least(LogFilterLevel, "level", self.level),
            timestamp=window(LogFilterTimestamp, self.since, self.until),
        )
