"""Work queues: the lines in which the flow runs of a work pool wait."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import Body, Model, OpenEnum, Paged, Query, Stored, Timestamp
from prefectkit.models.filters.work_pools import WorkQueueFilter
from prefectkit.models.states import StateType


class WorkQueueStatus(OpenEnum):
    """Whether a work queue is served."""

    READY = "READY"
    NOT_READY = "NOT_READY"
    PAUSED = "PAUSED"


class QueueFilter(Model, omit_defaults=True):
    """Which flow runs a work queue of old took. Deprecated.

    Attributes:
        tags: Those with all of these tags. None: with any.
        deployment_ids: Those of these deployments. None: of any.
    """

    tags: list[str] | None = None
    deployment_ids: list[UUID] | None = None


class WorkQueue(Stored):
    """A work queue.

    Attributes:
        name: The name, unique within the work pool.
        description: A description.
        is_paused: Whether it is paused, so that its flow runs do not start.
        concurrency_limit: How many of its flow runs may be at work at once. None: any number.
        priority: Its rank within the work pool; 1 comes first.
        work_pool_id: The work pool.
        filter: Deprecated: a filter on the flow runs that it takes.
        last_polled: When it was last polled for work.
        work_pool_name: The name of the work pool.
        status: Whether it is served.
        active_slots: How many of its flow runs are at work. None: there is no limit.
    """

    name: str
    description: str | None = ""
    is_paused: bool = False
    concurrency_limit: int | None = None
    priority: int = 1
    work_pool_id: UUID | None = None
    filter: QueueFilter | None = None
    last_polled: Timestamp | None = None
    work_pool_name: str | None = None
    status: WorkQueueStatus | None = None
    active_slots: int | None = None


class WorkQueueCreate(Body):
    """A work queue to create.

    Attributes:
        name: The name, without `/`, `%`, `&`, `<` and `>`.
        description: A description. Default: none.
        is_paused: Whether it is paused, so that its flow runs do not start. Default: False.
        concurrency_limit: How many of its flow runs may run at once. Default: no limit.
        priority: The priority within the work pool; 1 comes first. Default: the last.
        filter: Deprecated: a filter on the flow runs that it takes.
    """

    name: str
    description: str | UnsetType | None = UNSET
    is_paused: bool | UnsetType = UNSET
    concurrency_limit: int | UnsetType | None = UNSET
    priority: int | UnsetType | None = UNSET
    filter: QueueFilter | UnsetType | None = UNSET


class WorkQueueUpdate(Body):
    """The changes to a work queue.

    Attributes:
        name: The name, without `/`, `%`, `&`, `<` and `>`. Default: unchanged.
        description: A description. Default: unchanged.
        is_paused: Whether it is paused, so that its flow runs do not start. Default: unchanged.
        concurrency_limit: How many of its flow runs may run at once. Default: unchanged.
        priority: The priority within the work pool; 1 comes first. Default: unchanged.
        last_polled: When it was last polled for work. Default: unchanged.
        filter: Deprecated: a filter on the flow runs that it takes.
    """

    name: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    is_paused: bool | UnsetType = UNSET
    concurrency_limit: int | UnsetType | None = UNSET
    priority: int | UnsetType | None = UNSET
    last_polled: Timestamp | UnsetType | None = UNSET
    filter: QueueFilter | UnsetType | None = UNSET


class WorkQueueQuery(Paged):
    """Which work queues to read.

    Attributes:
        work_queues: A filter on the work queues. Default: all.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    work_queues: WorkQueueFilter | UnsetType | None = UNSET


class WorkQueueRunsQuery(Query):
    """Which of the flow runs that wait in a work queue to read.

    Attributes:
        scheduled_before: Only flow runs scheduled for this moment or earlier. Default: all.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
    """

    scheduled_before: Timestamp | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET


class WorkQueueHealthPolicy(Model):
    """When a work queue is healthy.

    Attributes:
        maximum_late_runs: With at most this many late flow runs. None: with any number.
        maximum_seconds_since_last_polled: When it was polled for work at most this many seconds ago. None: at any time.
    """

    maximum_late_runs: int | None = 0
    maximum_seconds_since_last_polled: int | None = 60


class WorkQueueStatusDetail(Model):
    """The health of a work queue.

    Attributes:
        healthy: Whether it is healthy.
        late_runs_count: How many of its flow runs are late.
        last_polled: When it was last polled for work.
        health_check_policy: When it is healthy.
    """

    healthy: bool
    late_runs_count: int = 0
    last_polled: Timestamp | None = None
    health_check_policy: WorkQueueHealthPolicy | None = None


class FlowRunSlotSummary(Model):
    """A flow run that holds a concurrency slot.

    Attributes:
        id: The id.
        name: The name.
        state_type: The type of its state.
        state_name: The name of its state.
        start_time: When it started.
        state_timestamp: When it entered its state.
        time_in_current_state: How long it has been in its state, in seconds.
    """

    id: UUID
    name: str = ""
    state_type: StateType | None = None
    state_name: str | None = None
    start_time: Timestamp | None = None
    state_timestamp: Timestamp | None = None
    time_in_current_state: float | None = None


class WorkQueueConcurrencyStatusQuery(Query):
    """Which of the flow runs that hold a slot of a work queue to read.

    Attributes:
        page: Which page, from 1. Default: 1.
        limit: How many flow runs a page holds. Default: the server's page size, usually 200, which is also the maximum.
    """

    page: int | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET


class WorkQueueConcurrencyStatus(Model):
    """The holders of the slots of a work queue.

    Attributes:
        active_slots: How many slots are in use.
        concurrency_limit: How many slots there are. None: any number.
        flow_runs: The flow runs of this page that hold them.
        count: How many flow runs there are on all pages.
        limit: How many flow runs a page has.
        pages: How many pages there are.
        page: The number of this page, from 1.
    """

    active_slots: int
    concurrency_limit: int | None = None
    flow_runs: list[FlowRunSlotSummary] = field(default_factory=list[FlowRunSlotSummary])
    count: int = 0
    limit: int = 0
    pages: int = 0
    page: int = 1
