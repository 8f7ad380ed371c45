"""Deployments: flows that the server can start runs of."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, HidesJobSettings, Id, Model, OpenEnum, Stored, Timestamp
from prefectkit.models.common import CreatedBy, Deleted, Keyed, Page, UpdatedBy
from prefectkit.models.deployment_schedules import (
    DeploymentSchedule,
    DeploymentScheduleCreate,
    DeploymentScheduleUpdate,
)
from prefectkit.models.filters.deployments import (
    DeploymentFilter,
    DeploymentFilterName,
    DeploymentFilterPaused,
    DeploymentFilterTags,
    DeploymentSort,
)
from prefectkit.models.global_concurrency_limits import GlobalConcurrencyLimitResponse
from prefectkit.models.policies import FlowRunPolicy
from prefectkit.models.selections import QueueSelection
from prefectkit.models.states import StateCreate
from prefectkit.models.words import OneOrMore, all_of, any_of


class DeploymentStatus(OpenEnum):
    """Whether something is there to start the runs of a deployment."""

    READY = "READY"
    NOT_READY = "NOT_READY"


class ConcurrencyLimitStrategy(OpenEnum):
    """What becomes of a run that starts while as many run as may: it waits, or it is cancelled."""

    ENQUEUE = "ENQUEUE"
    CANCEL_NEW = "CANCEL_NEW"


class ConcurrencyOptions(Model, omit_defaults=True):
    """What a deployment does about its concurrency limit. Fields at their default are not sent.

    Attributes:
        collision_strategy: What becomes of a run that starts while as many run as may.
        grace_period_seconds: How long a run may take to start before it loses its slot, in seconds, from 60 to 86400.
            Default: a server setting.
    """

    collision_strategy: ConcurrencyLimitStrategy
    grace_period_seconds: int | None = None


class VersionInfo(Model):
    """Where a version of a deployment comes from. A dict can say more than this.

    Attributes:
        type: What tells the version, such as `prefect:simple` or `vcs:github`.
        version: The version.
    """

    type: str
    version: str


class Deployment(HidesJobSettings, Stored):
    """A deployment that the server knows.

    Attributes:
        name: Its name, of which its flow has one.
        flow_id: The flow that it runs.
        version: Its version.
        version_id: The id of its version, on Prefect Cloud.
        version_info: Where its version comes from, on Prefect Cloud.
        branch: Its branch, on Prefect Cloud.
        base: The deployment that it was branched from, on Prefect Cloud.
        root: The deployment that all its branches go back to, on Prefect Cloud.
        description: What it is for.
        paused: Whether it makes no runs.
        schedules: When it makes runs.
        concurrency_limit: Out of use, None: see `global_concurrency_limit`.
        global_concurrency_limit: How many of its runs may run at once.
        concurrency_options: What it does about that limit.
        job_variables: What differs from the job template of its work pool.
        parameters: What its runs are called with.
        tags: Its tags.
        labels: Its labels.
        work_pool_name: The work pool that its runs run in.
        work_queue_id: The work queue that its runs wait in.
        work_queue_name: The name of that work queue.
        last_polled: When a worker or a `serve` process last asked for its runs.
        parameter_openapi_schema: Which parameters the flow takes, as a JSON schema.
        enforce_parameter_schema: Whether the parameters of a run must match that schema.
        path: The working directory, relative to the storage or absolute.
        pull_steps: The steps that fetch its code.
        entrypoint: Where its flow is, relative to `path`.
        storage_document_id: The block of the storage that its code is in.
        infrastructure_document_id: The block of the infrastructure that its runs run on.
        created_by: What created it.
        updated_by: What changed it last.
        status: Whether something is there to start its runs.
    """

    name: str
    flow_id: UUID
    version: str | None = None
    version_id: UUID | None = None
    version_info: JSON | None = None
    branch: str | None = None
    base: UUID | None = None
    root: UUID | None = None
    description: str | None = None
    paused: bool = False
    schedules: list[DeploymentSchedule] = field(default_factory=list[DeploymentSchedule])
    concurrency_limit: int | None = None
    global_concurrency_limit: GlobalConcurrencyLimitResponse | None = None
    concurrency_options: ConcurrencyOptions | None = None
    job_variables: JSON = field(default_factory=JSON)
    parameters: JSON = field(default_factory=JSON)
    tags: list[str] = field(default_factory=list[str])
    labels: JSON = field(default_factory=JSON)
    work_pool_name: str | None = None
    work_queue_id: UUID | None = None
    work_queue_name: str | None = None
    last_polled: Timestamp | None = None
    parameter_openapi_schema: JSON | None = None
    enforce_parameter_schema: bool = True
    path: str | None = None
    pull_steps: list[JSON] | None = None
    entrypoint: str | None = None
    storage_document_id: UUID | None = None
    infrastructure_document_id: UUID | None = None
    created_by: CreatedBy | None = None
    updated_by: UpdatedBy | None = None
    status: DeploymentStatus | None = DeploymentStatus.NOT_READY


class DeploymentCreate(HidesJobSettings, Body):
    """A deployment to create; one of the same flow and name is written anew.

    Attributes:
        name: Its name, of which its flow has one.
        flow_id: The flow that it runs.
        paused: Whether it makes no runs. Default: False.
        schedules: When it makes runs. Default: never by itself.
        concurrency_limit: How many of its runs may run at once. Default: no limit.
        concurrency_options: What it does about that limit.
        global_concurrency_limit_id: A global concurrency limit to use instead of `concurrency_limit`.
        enforce_parameter_schema: Whether the parameters of a run must match the schema. Default: True.
        parameter_openapi_schema: Which parameters the flow takes, as a JSON schema.
        parameters: What its runs are called with. Default: nothing.
        tags: Its tags. Default: none.
        labels: Its labels: texts, numbers and booleans. Default: none.
        pull_steps: The steps that fetch its code.
        work_pool_name: The work pool that its runs run in. Default: none.
        work_queue_name: The work queue that its runs wait in. Default: the pool's default queue.
        storage_document_id: The block of the storage that its code is in.
        infrastructure_document_id: The block of the infrastructure that its runs run on.
        description: What it is for.
        path: The working directory, relative to the storage or absolute.
        version: Its version.
        version_info: Where its version comes from.
        entrypoint: Where its flow is, relative to `path`.
        job_variables: What differs from the job template of its work pool. Default: nothing.
        branch: Its branch, on Prefect Cloud; another server refuses it.
        base: The deployment that it is branched from, on Prefect Cloud; another server refuses it.
        root: The deployment that all its branches go back to, on Prefect Cloud; another server refuses it.
    """

    name: str
    flow_id: Id
    paused: bool | UnsetType = UNSET
    schedules: list[DeploymentScheduleCreate] | UnsetType = UNSET
    concurrency_limit: int | UnsetType | None = UNSET
    concurrency_options: ConcurrencyOptions | UnsetType | None = UNSET
    global_concurrency_limit_id: Id | UnsetType | None = UNSET
    enforce_parameter_schema: bool | UnsetType = UNSET
    parameter_openapi_schema: JSON | UnsetType | None = UNSET
    parameters: JSON | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    labels: JSON | UnsetType | None = UNSET
    pull_steps: list[JSON] | UnsetType | None = UNSET
    work_pool_name: str | UnsetType | None = UNSET
    work_queue_name: str | UnsetType | None = UNSET
    storage_document_id: Id | UnsetType | None = UNSET
    infrastructure_document_id: Id | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    path: str | UnsetType | None = UNSET
    version: str | UnsetType | None = UNSET
    version_info: VersionInfo | JSON | UnsetType | None = UNSET
    entrypoint: str | UnsetType | None = UNSET
    job_variables: JSON | UnsetType = UNSET
    branch: str | UnsetType | None = UNSET
    base: Id | UnsetType | None = UNSET
    root: Id | UnsetType | None = UNSET


class DeploymentUpdate(HidesJobSettings, Body):
    """What changes in a deployment. What is not given stays as it is.

    Attributes:
        version: Its version.
        version_info: Where its version comes from.
        description: What it is for.
        paused: Whether it makes no runs.
        schedules: When it makes runs.
        concurrency_limit: How many of its runs may run at once. None: no limit.
        concurrency_options: What it does about that limit.
        global_concurrency_limit_id: A global concurrency limit to use instead of `concurrency_limit`.
        parameters: What its runs are called with.
        parameter_openapi_schema: Which parameters the flow takes, as a JSON schema.
        enforce_parameter_schema: Whether the parameters of a run must match the schema.
        tags: Its tags.
        work_pool_name: The work pool that its runs run in.
        work_queue_name: The work queue that its runs wait in.
        path: The working directory, relative to the storage or absolute.
        job_variables: What differs from the job template of its work pool.
        pull_steps: The steps that fetch its code.
        entrypoint: Where its flow is, relative to `path`.
        storage_document_id: The block of the storage that its code is in.
        infrastructure_document_id: The block of the infrastructure that its runs run on.
    """

    version: str | UnsetType | None = UNSET
    version_info: VersionInfo | JSON | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    paused: bool | UnsetType = UNSET
    schedules: list[DeploymentScheduleUpdate] | UnsetType = UNSET
    concurrency_limit: int | UnsetType | None = UNSET
    concurrency_options: ConcurrencyOptions | UnsetType | None = UNSET
    global_concurrency_limit_id: Id | UnsetType | None = UNSET
    parameters: JSON | UnsetType | None = UNSET
    parameter_openapi_schema: JSON | UnsetType | None = UNSET
    enforce_parameter_schema: bool | UnsetType | None = UNSET
    tags: list[str] | UnsetType = UNSET
    work_pool_name: str | UnsetType | None = UNSET
    work_queue_name: str | UnsetType | None = UNSET
    path: str | UnsetType | None = UNSET
    job_variables: JSON | UnsetType | None = UNSET
    pull_steps: list[JSON] | UnsetType | None = UNSET
    entrypoint: str | UnsetType | None = UNSET
    storage_document_id: Id | UnsetType | None = UNSET
    infrastructure_document_id: Id | UnsetType | None = UNSET


class DeploymentFlowRunCreate(HidesJobSettings, Keyed):
    """A flow run of a deployment to create.

    It is sent with an `idempotency_key`, given or fresh, so that a request that comes twice creates one run.

    Attributes:
        state: The state to begin in. Default: scheduled for now.
        name: Its name. Default: two random words.
        parameters: What the flow is called with, over the parameters of the deployment. Default: nothing.
        enforce_parameter_schema: Whether the parameters must match the schema. Default: as the deployment says.
        context: What else is known to the run. Default: nothing.
        infrastructure_document_id: The block of the infrastructure that it runs on.
        empirical_policy: How it is retried. Default: as its flow says.
        tags: Its tags, besides those of the deployment. Default: none.
        labels: Its labels: texts, numbers and booleans. Default: none.
        parent_task_run_id: The task run that stands for it in its parent flow run.
        work_queue_name: The work queue that it waits in. Default: that of the deployment.
        job_variables: What differs from the job variables of the deployment.
    """

    state: StateCreate | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    parameters: JSON | UnsetType = UNSET
    enforce_parameter_schema: bool | UnsetType | None = UNSET
    context: JSON | UnsetType = UNSET
    infrastructure_document_id: Id | UnsetType | None = UNSET
    empirical_policy: FlowRunPolicy | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    labels: JSON | UnsetType | None = UNSET
    parent_task_run_id: Id | UnsetType | None = UNSET
    work_queue_name: str | UnsetType | None = UNSET
    job_variables: JSON | UnsetType | None = UNSET


class DeploymentSelection(QueueSelection):
    """Which deployments.

    Attributes:
        name: With this name, or one of several.
        tags: With all of these tags.
        paused: Paused, or not.
    """

    words = frozenset({"name", "paused", "tags"})

    name: OneOrMore | UnsetType = UNSET
    tags: OneOrMore | UnsetType = UNSET
    paused: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        self.narrow(
            "deployments",
            DeploymentFilter,
            name=any_of(DeploymentFilterName, self.name),
            tags=all_of(DeploymentFilterTags, self.tags),
            paused=UNSET if self.paused is UNSET else DeploymentFilterPaused(eq_=self.paused),
        )


class DeploymentQuery(DeploymentSelection):
    """Which deployments, and how many of them in which order.

    Attributes:
        sort: The order. Default: by name.
        limit: At most this many deployments. Default: the server's page size, usually 200, which is also the most.
        offset: How many deployments to pass over first. Default: 0.
    """

    sort: DeploymentSort | UnsetType = UNSET
    limit: int | UnsetType = UNSET
    offset: int | UnsetType = UNSET


class DeploymentPageQuery(DeploymentSelection):
    """Which deployments, and which page of them in which order.

    Attributes:
        sort: The order. Default: by name.
        limit: How many deployments a page holds. Default: the server's page size, usually 200, which is also the most.
        page: Which page, from 1 on. Default: 1.
    """

    sort: DeploymentSort | UnsetType = UNSET
    limit: int | UnsetType = UNSET
    page: int | UnsetType = UNSET


class DeploymentPaginationResponse(Page[Deployment]):
    """One page of deployments."""


class DeploymentBulkDelete(Body):
    """Which deployments to delete.

    Attributes:
        deployments: Which deployments. Default: all.
        limit: At most this many deployments. Default: 50, which is also the most.
    """

    deployments: DeploymentFilter | UnsetType | None = UNSET
    limit: int | UnsetType = UNSET


class DeploymentBulkDeleteResponse(Deleted):
    """The deployments that a bulk delete has deleted."""
