"""Task workers: the processes that run tasks in the background."""

from __future__ import annotations

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import Model, Query, Timestamp
from prefectkit.models.filters.workers import TaskWorkerFilter


class TaskWorkerResponse(Model):
    """A task worker that is connected now.

    Attributes:
        identifier: What it calls itself, usually its host and process.
        task_keys: The tasks it serves.
        timestamp: When it last sent a heartbeat.
    """

    identifier: str
    task_keys: list[str] = field(default_factory=list[str])
    timestamp: Timestamp | None = None


class TaskWorkerQuery(Query):
    """Which task workers to read.

    Attributes:
        task_worker_filter: A filter on the task workers. Default: all.
    """

    task_worker_filter: TaskWorkerFilter | UnsetType | None = UNSET
