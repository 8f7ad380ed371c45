"""Work pools: where flow runs wait for workers, and what the workers start them on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Model, OpenEnum, Query, RedactedJobSettings, Stored, Timestamp
from prefectkit.models.filters.work_pools import WorkPoolFilter
from prefectkit.models.work_queues import FlowRunSlotSummary


class WorkPoolStatus(OpenEnum):
    """Whether a work pool is served."""

    READY = "READY"
    NOT_READY = "NOT_READY"
    PAUSED = "PAUSED"


class WorkPoolStorageConfiguration(Model, omit_defaults=True):
    """Where the code and the results of a work pool are kept.

    Attributes:
        bundle_upload_step: The step by which a bundle of code is stored. None: there is none.
        bundle_execution_step: The step by which a stored bundle is run. None: there is none.
        default_result_storage_block_id: The block document that results are stored with. None: there is none.
    """

    bundle_upload_step: JSON | None = None
    bundle_execution_step: JSON | None = None
    default_result_storage_block_id: UUID | None = None


class WorkPool(RedactedJobSettings, Stored):
    """A work pool.

    Attributes:
        name: The name.
        description: A description.
        type: The kind of infrastructure, such as `process` or `kubernetes`.
        base_job_template: How a flow run becomes a job: its `job_configuration` and the `variables` in it.
        is_paused: Whether it is paused, so that its flow runs do not start.
        concurrency_limit: How many of its flow runs may be at work at once. None: any number.
        status: Whether it is served.
        default_queue_id: The work queue of flow runs that name none.
        storage_configuration: Where its code and results are kept.
        active_slots: How many of its flow runs are at work. None: there is no limit.
    """

    name: str
    description: str | None = None
    type: str = ""
    base_job_template: JSON = field(default_factory=JSON)
    is_paused: bool = False
    concurrency_limit: int | None = None
    status: WorkPoolStatus | None = None
    default_queue_id: UUID | None = None
    storage_configuration: WorkPoolStorageConfiguration = field(default_factory=WorkPoolStorageConfiguration)
    active_slots: int | None = None

    @property
    def is_push_pool(self) -> bool:
        """Whether the server starts its flow runs on serverless infrastructure, without a worker."""
        return self.type.endswith(":push")

    @property
    def is_managed_pool(self) -> bool:
        """Whether its flow runs run on infrastructure of Prefect Cloud."""
        return self.type.endswith(":managed")


class WorkPoolCreate(RedactedJobSettings, Body):
    """A work pool to create.

    Attributes:
        name: The name, without `/`, `%`, `&`, `<` and `>`.
        description: A description. Default: none.
        type: The kind of infrastructure, such as `process` or `kubernetes`. Default: `prefect-agent`.
        base_job_template: How a flow run becomes a job: its `job_configuration` and the `variables` in it. Default:
            empty.
        is_paused: Whether it is paused, so that its flow runs do not start. Default: False.
        concurrency_limit: How many of its flow runs may run at once. Default: no limit.
        storage_configuration: Where its code and results are stored. Default: none.
    """

    name: str
    description: str | UnsetType | None = UNSET
    type: str | UnsetType = UNSET
    base_job_template: JSON | UnsetType = UNSET
    is_paused: bool | UnsetType = UNSET
    concurrency_limit: int | UnsetType | None = UNSET
    storage_configuration: WorkPoolStorageConfiguration | UnsetType = UNSET


class WorkPoolUpdate(RedactedJobSettings, Body):
    """The changes to a work pool.

    Attributes:
        description: A description. Default: unchanged.
        is_paused: Whether it is paused, so that its flow runs do not start. Default: unchanged.
        base_job_template: How a flow run becomes a job. Default: unchanged.
        concurrency_limit: How many of its flow runs may run at once. Default: unchanged.
        storage_configuration: Where its code and results are stored. Default: unchanged.
    """

    description: str | UnsetType | None = UNSET
    is_paused: bool | UnsetType | None = UNSET
    base_job_template: JSON | UnsetType | None = UNSET
    concurrency_limit: int | UnsetType | None = UNSET
    storage_configuration: WorkPoolStorageConfiguration | UnsetType | None = UNSET


class WorkPoolSelection(Query):
    """Which work pools to count.

    Attributes:
        work_pools: A filter on the work pools. Default: all.
    """

    work_pools: WorkPoolFilter | UnsetType | None = UNSET


class WorkPoolQuery(WorkPoolSelection):
    """Which work pools to read.

    Attributes:
        work_pools: A filter on the work pools. Default: all.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET


class WorkPoolScheduledRunsQuery(Query):
    """Which of the flow runs that wait in a work pool to read.

    Attributes:
        work_queue_names: Only flow runs in these work queues, by name. Default: all.
        scheduled_before: Only flow runs scheduled for this moment or earlier. Default: all.
        scheduled_after: Only flow runs scheduled for this moment or later. Default: all.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
    """

    work_queue_names: Sequence[str] | UnsetType | None = UNSET
    scheduled_before: Timestamp | UnsetType | None = UNSET
    scheduled_after: Timestamp | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET


class WorkPoolConcurrencyStatusQuery(Query):
    """Which of the work queues of a work pool to read, with the flow runs that hold their slots.

    Attributes:
        page: Which page, from 1. Default: 1.
        limit: How many work queues a page holds. Default: the server's page size, usually 200, which is also the
            maximum.
        flow_run_limit: How many flow runs to return for each work queue, at most 200. Default: 10.
    """

    page: int | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    flow_run_limit: int | UnsetType | None = UNSET


class WorkQueueConcurrencyStatusDetail(Model):
    """The holders of the slots of one work queue of a work pool.

    Attributes:
        queue_id: The work queue.
        queue_name: The name.
        active_slots: How many slots are in use.
        concurrency_limit: How many slots there are. None: any number.
        flow_runs: Some of the flow runs that hold them.
        flow_run_count: How many flow runs hold them in all.
    """

    queue_id: UUID
    queue_name: str = ""
    active_slots: int = 0
    concurrency_limit: int | None = None
    flow_runs: list[FlowRunSlotSummary] = field(default_factory=list[FlowRunSlotSummary])
    flow_run_count: int | None = None


class WorkPoolConcurrencyStatus(Model):
    """The holders of the slots of a work pool.

    Attributes:
        active_slots: How many slots are in use.
        concurrency_limit: How many slots there are. None: any number.
        queues: The work queues of this page.
        count: How many work queues there are on all pages.
        limit: How many work queues a page has.
        pages: How many pages there are.
        page: The number of this page, from 1.
    """

    active_slots: int
    concurrency_limit: int | None = None
    queues: list[WorkQueueConcurrencyStatusDetail] = field(default_factory=list[WorkQueueConcurrencyStatusDetail])
    count: int = 0
    limit: int = 0
    pages: int = 0
    page: int = 1
