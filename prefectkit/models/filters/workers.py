"""Which workers of a work pool, and which task workers."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, OpenEnum, OrText
from prefectkit.models.filters.criteria import AnyOrNot, Combined, Window


class WorkerStatus(OpenEnum):
    """Whether a worker has sent a heartbeat lately."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"


class WorkerFilterLastHeartbeatTime(Window):
    """By the moment of the last heartbeat of the worker."""


class WorkerFilterStatus(AnyOrNot[OrText[WorkerStatus]]):
    """By the status of the worker."""


class WorkerFilter(Combined):
    """Which workers.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        last_heartbeat_time: By the moment of the last heartbeat.
        status: By the status of the worker.
    """

    last_heartbeat_time: WorkerFilterLastHeartbeatTime | UnsetType | None = UNSET
    status: WorkerFilterStatus | UnsetType | None = UNSET


class TaskWorkerFilter(Body):
    """Which task workers.

    Attributes:
        task_keys: Those that serve one of these tasks.
    """

    task_keys: Sequence[str]
