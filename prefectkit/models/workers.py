"""Workers: the processes that start the flow runs of a work pool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from prefectkit.models.base import JSON, Body, Model, Paged, Stored, Timestamp
from prefectkit.models.filters.workers import WorkerFilter
from prefectkit.models.filters.workers import WorkerStatus as WorkerStatus
from prefectkit.models.flow_runs import FlowRun


class Worker(Stored):
    """A worker of a work pool.

    Attributes:
        name: The name, unique within the work pool.
        work_pool_id: The work pool.
        last_heartbeat_time: When it last sent a heartbeat.
        heartbeat_interval_seconds: The interval between its heartbeats, in seconds.
        status: Whether its heartbeats arrive in time.
    """

    name: str
    work_pool_id: UUID | None = None
    last_heartbeat_time: Timestamp | None = None
    heartbeat_interval_seconds: int | None = None
    status: WorkerStatus = WorkerStatus.OFFLINE


class Integration(Body):
    """An integration of Prefect that is installed where a worker runs.

    Attributes:
        name: The name, such as `prefect-aws`.
        version: The version.
    """

    name: str
    version: str


class WorkerMetadata(dict[str, Any]):
    """What is installed where a worker runs. As the server takes any fields, it is a dict.

    Args:
        integrations: The integrations of Prefect, or dicts of their fields.
        **more: Anything else.
    """

    def __init__(self, *, integrations: Sequence[Integration | JSON], **more: Any) -> None:
        super().__init__(integrations=list(integrations), **more)


class WorkerHeartbeat(Body):
    """A heartbeat of a worker. The first one registers the worker.

    Attributes:
        name: The name of the worker.
        heartbeat_interval_seconds: Seconds until the next heartbeat. Default: none.
        metadata: What is installed where it runs. Only for Prefect Cloud: other servers ignore it. Default: none.
        return_id: Whether Prefect Cloud returns the worker's id; other servers ignore it. Default: False.
    """

    name: str
    heartbeat_interval_seconds: int | UnsetType | None = UNSET
    metadata: JSON | UnsetType = UNSET
    return_id: bool | UnsetType = UNSET


class WorkerQuery(Paged):
    """Which workers of a work pool to read.

    Attributes:
        workers: A filter on the workers. Default: all.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    workers: WorkerFilter | UnsetType | None = UNSET


class WorkerFlowRunResponse(Model):
    """A flow run that is due in a work pool.

    Attributes:
        work_pool_id: The work pool.
        work_queue_id: The work queue.
        flow_run: The flow run.
    """

    work_pool_id: UUID | None = None
    work_queue_id: UUID | None = None
    flow_run: FlowRun
