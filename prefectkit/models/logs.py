"""Logs of flow runs and task runs."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, Paged, Stored, Timestamp
from prefectkit.models.filters.logs import LogFilter, LogSort


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


class LogQuery(Paged):
    """Which logs, and how many of them in which order.

    Attributes:
        logs: Which logs. Default: all.
        sort: The order. Default: the oldest first.
    """

    logs: LogFilter | UnsetType | None = UNSET
    sort: LogSort | UnsetType = UNSET
