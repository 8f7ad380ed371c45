"""Logs of flow runs and task runs."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, Stored, Timestamp
from prefectkit.models.filters.logs import (
    LogFilter,
    LogFilterFlowRunId,
    LogFilterLevel,
    LogFilterTaskRunId,
    LogFilterTimestamp,
    LogSort,
)
from prefectkit.models.words import Ids, Moment, Worded, any_of, window


class Log(Stored):
    """One log message.

    Attributes:
        name: The name of the logger.
        level: The level, as in the standard library: 10 is DEBUG, 50 is CRITICAL.
        message: The message.
        timestamp: When it was written.
        flow_run_id: The flow run that it is of.
        task_run_id: The task run that it is of.
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
        flow_run_id: The flow run that it is of. Default: none.
        task_run_id: The task run that it is of. Default: none.
        worker_id: The worker that it is of, on Prefect Cloud; another server refuses it. Default: none.
    """

    name: str
    level: int
    message: str
    timestamp: Timestamp
    flow_run_id: Id | UnsetType | None = UNSET
    task_run_id: Id | UnsetType | None = UNSET
    worker_id: Id | UnsetType | None = UNSET


class LogQuery(Worded):
    """Which logs, and how many of them in which order.

    Attributes:
        logs: Which logs. Default: all.
        sort: The order. Default: the oldest first.
        limit: At most this many logs. Default: the server's page size, usually 200, which is also the most.
        offset: How many logs to skip. Default: 0.
        flow_run_id: Of this flow run, or one of several.
        task_run_id: Of this task run, or one of several.
        level: At this level or above, as in the standard library: 40 for errors.
        since: Written at this moment or later; a duration counts back from now.
        until: Written at this moment or earlier; a duration counts back from now.
    """

    words = frozenset({"flow_run_id", "level", "since", "task_run_id", "until"})

    logs: LogFilter | UnsetType | None = UNSET
    sort: LogSort | UnsetType = UNSET
    limit: int | UnsetType = UNSET
    offset: int | UnsetType = UNSET
    flow_run_id: Ids | UnsetType = UNSET
    task_run_id: Ids | UnsetType = UNSET
    level: int | UnsetType = UNSET
    since: Moment | UnsetType = UNSET
    until: Moment | UnsetType = UNSET

    def __post_init__(self) -> None:
        self.narrow(
            "logs",
            LogFilter,
            flow_run_id=any_of(LogFilterFlowRunId, self.flow_run_id),
            task_run_id=any_of(LogFilterTaskRunId, self.task_run_id),
            level=UNSET if self.level is UNSET else LogFilterLevel(ge_=self.level),
            timestamp=window(LogFilterTimestamp, self.since, self.until),
        )
