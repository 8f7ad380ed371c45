"""Deployments: flows whose runs the server can create and schedule."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import (
    JSON,
    Body,
    Id,
    Model,
    OpenEnum,
    OrText,
    Query,
    RedactedJobSettings,
    Stored,
    Timestamp,
)
from prefectkit.models.common import CreatedBy, Deleted, Keyed, Page, UpdatedBy
from prefectkit.models.deployment_schedules import (
    DeploymentSchedule,
    DeploymentScheduleCreate,
    DeploymentScheduleUpdate,
)
from prefectkit.models.filter_shortcuts import OneOrMore, all_of, any_of
from prefectkit.models.filters.deployments import (
    DeploymentFilter,
    DeploymentFilterName,
    DeploymentFilterPaused,
    DeploymentFilterTags,
    DeploymentSort,
)
from prefectkit.models.global_concurrency_limits import GlobalConcurrencyLimitResponse
from prefectkit.models.run_policies import FlowRunPolicy
from prefectkit.models.selections import QueueSelection
from prefectkit.models.states import StateCreate


class DeploymentStatus(OpenEnum):
    """Whether a worker or a `serve` process polls for the runs of a deployment."""

    READY = "READY"
    NOT_READY = "NOT_READY"


class ConcurrencyLimitStrategy(OpenEnum):
    """What happens to a run beyond the concurrency limit: it waits, or it is cancelled."""

    ENQUEUE = "ENQUEUE"
    CANCEL_NEW = "CANCEL_NEW"


class ConcurrencyOptions(Model, omit_defaults=True):
    """How a deployment applies its concurrency limit. Fields at their default are not sent.

    Attributes:
        collision_strategy: What happens to a run beyond the limit: `ENQUEUE` lets it wait, `CANCEL_NEW` cancels it.
        grace_period_seconds: Seconds that a run may take to start before it loses its slot, from 60 to 86400. Default:
            a server setting.
    """

    collision_strategy: ConcurrencyLimitStrategy
    grace_period_seconds: int | None = None


class ConcurrencyLimitConfig(Model, omit_defaults=True):
    """A concurrency limit, and how a deployment applies it.

    Attributes:
        limit: How many runs may run at once.
        collision_strategy: What happens to a run beyond the limit: `ENQUEUE` lets it wait, `CANCEL_NEW` cancels it.
        grace_period_seconds: Seconds that a run may take to start before it loses its slot, from 60 to 86400. Default:
            a server setting.
    """

    limit: int
    collision_strategy: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE
    grace_period_seconds: int | None = None


class VersionInfo(Model):
    """The origin of a version of a deployment. A dict may have more fields.

    Attributes:
        type: The type of version, such as `prefect:simple` or `vcs:github`.
        version: The version.
    """

    type: str
    version: str


class Deployment(RedactedJobSettings, Stored):
    """A deployment.

    Attributes:
        name: The name, unique within the flow.
        flow_id: The id of the flow that it runs.
        version: The version.
        version_id: The id of its version, on Prefect Cloud.
        version_info: The origin of its version, on Prefect Cloud.
        branch: Its branch, on Prefect Cloud.
        base: The deployment that it was branched from, on Prefect Cloud.
        root: The deployment at the root of its branches, on Prefect Cloud.
        description: A description.
        paused: Whether its schedules are paused, so that they create no runs.
        schedules: The schedules that create its runs.
        concurrency_limit: Deprecated, always None: see `global_concurrency_limit`.
        global_concurrency_limit: How many of its runs may run at once.
        concurrency_options: What happens to a run beyond that limit, and how long a run may take to start.
        job_variables: Values that override variables of the work pool's job template.
        parameters: Parameters of its runs, which a run can override.
        tags: The tags.
        labels: The labels.
        work_pool_name: The name of the work pool that its runs run in.
        work_queue_id: The id of the work queue that its runs wait in.
        work_queue_name: The name of that work queue.
        last_polled: When a worker or a `serve` process last asked for its runs.
        parameter_openapi_schema: The JSON schema of the flow's parameters.
        enforce_parameter_schema: Whether the parameters of a run must match that schema.
        path: The working directory of its runs, absolute or relative to the storage.
        pull_steps: The steps that fetch the flow's code.
        entrypoint: Where the flow is, relative to `path`, such as `flows.py:etl`.
        storage_document_id: The id of the block document of the storage that holds its code.
        infrastructure_document_id: The id of the block document of the infrastructure that its runs run on.
        created_by: What created it.
        updated_by: What changed it last.
        status: Whether a worker or a `serve` process polls for its runs.
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


class DeploymentCreate(RedactedJobSettings, Body):
    """A deployment to create. One with the same flow and name is overwritten.

    Attributes:
        name: The name, unique within the flow.
        flow_id: The id of the flow that it runs.
        paused: Whether its schedules are paused, so that they create no runs. Default: False.
        schedules: The schedules that create its runs. Default: none.
        concurrency_limit: How many of its runs may run at once. Default: no limit.
        concurrency_options: What happens to a run beyond that limit, and how long a run may take to start.
        global_concurrency_limit_id: The id of a global concurrency limit to use instead of `concurrency_limit`.
        enforce_parameter_schema: Whether the parameters of a run must match `parameter_openapi_schema`. Default: True.
        parameter_openapi_schema: The JSON schema of the flow's parameters.
        parameters: Parameters of its runs, which a run can override. Default: none.
        tags: The tags. Default: none.
        labels: The labels: strings, numbers and booleans by name. Default: none.
        pull_steps: The steps that fetch the flow's code.
        work_pool_name: The name of the work pool that its runs run in. Default: none.
        work_queue_name: The name of the work queue that its runs wait in. Default: the work pool's default queue.
        storage_document_id: The id of the block document of the storage that holds its code.
        infrastructure_document_id: The id of the block document of the infrastructure that its runs run on.
        description: A description.
        path: The working directory of its runs, absolute or relative to the storage.
        version: The version.
        version_info: The origin of the version.
        entrypoint: Where the flow is, relative to `path`, such as `flows.py:etl`.
        job_variables: Values that override variables of the work pool's job template. Default: none.
        branch: The branch of the deployment. Only on Prefect Cloud: other servers refuse it.
        base: The id of the deployment that it is branched from. Only on Prefect Cloud: other servers refuse it.
        root: The id of the deployment at the root of its branches. Only on Prefect Cloud: other servers refuse it.
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


class DeploymentUpdate(RedactedJobSettings, Body):
    """The changes to a deployment. Fields not given stay unchanged.

    Attributes:
        version: The version.
        version_info: The origin of the version.
        description: A description.
        paused: Whether its schedules are paused, so that they create no runs.
        schedules: The schedules that create its runs. Where all existing ones have slugs, those of other slugs stay; an
            empty list removes them too, with a request for each.
        concurrency_limit: How many of its runs may run at once. None: no limit.
        concurrency_options: What happens to a run beyond that limit, and how long a run may take to start.
        global_concurrency_limit_id: The id of a global concurrency limit to use instead of `concurrency_limit`.
        parameters: Parameters of its runs, which a run can override.
        parameter_openapi_schema: The JSON schema of the flow's parameters.
        enforce_parameter_schema: Whether the parameters of a run must match `parameter_openapi_schema`.
        tags: The tags.
        work_pool_name: The name of the work pool that its runs run in.
        work_queue_name: The name of the work queue that its runs wait in.
        path: The working directory of its runs, absolute or relative to the storage.
        job_variables: Values that override variables of the work pool's job template.
        pull_steps: The steps that fetch the flow's code.
        entrypoint: Where the flow is, relative to `path`, such as `flows.py:etl`.
        storage_document_id: The id of the block document of the storage that holds its code.
        infrastructure_document_id: The id of the block document of the infrastructure that its runs run on.
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


class DeploymentFlowRunCreate(RedactedJobSettings, Keyed):
    """A flow run of a deployment to create.

    It is sent with an `idempotency_key`, given or random, so that a request that is sent twice creates one run.

    Attributes:
        state: The state to begin in. Default: `Scheduled()` for now.
        name: The name. Default: two random words.
        parameters: Parameters that the flow is called with; they override those of the deployment. Default: none.
        enforce_parameter_schema: Whether the parameters must match the deployment's schema. Default: as the deployment
            says.
        context: Further data of the run, as JSON. Default: none.
        infrastructure_document_id: The id of the block document of the infrastructure that it runs on.
        empirical_policy: How it is retried. Default: as its flow says.
        tags: Tags, in addition to those of the deployment. Default: none.
        labels: The labels: strings, numbers and booleans by name. Default: none.
        parent_task_run_id: The id of the task run that represents it in its parent flow run.
        work_queue_name: The name of the work queue that it waits in. Default: that of the deployment.
        job_variables: Values that override the job variables of the deployment.
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
        name: Only with this name, or with one of these names.
        tags: Only with all of these tags.
        paused: True: only paused deployments. False: only those that are not paused.
    """

    shortcuts = frozenset({"name", "paused", "tags"})

    name: OneOrMore | UnsetType | None = UNSET
    tags: OneOrMore | UnsetType | None = UNSET
    paused: bool | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        self.add_criteria(
            "deployments",
            DeploymentFilter,
            name=any_of(DeploymentFilterName, "name", self.name),
            tags=all_of(DeploymentFilterTags, "tags", self.tags),
            paused=UNSET if self.paused is UNSET else DeploymentFilterPaused(eq_=self.paused),
        )


class DeploymentQuery(DeploymentSelection):
    """Which deployments, and how many of them in which order.

    Attributes:
        sort: The order. Default: by name.
        limit: At most this many deployments. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many deployments to skip. Default: 0.
    """

    sort: OrText[DeploymentSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET


class DeploymentPageQuery(DeploymentSelection):
    """Which deployments, and which page of them in which order.

    Attributes:
        sort: The order. Default: by name.
        limit: How many deployments a page holds. Default: the server's page size, usually 200, which is also the
            maximum.
        page: Which page, from 1. Default: 1.
    """

    sort: OrText[DeploymentSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    page: int | UnsetType | None = UNSET


class DeploymentPaginationResponse(Page[Deployment]):
    """One page of deployments."""


class DeploymentBulkDelete(Query):
    """Which deployments to delete.

    Attributes:
        deployments: A filter on the deployments. Default: all.
        limit: At most this many deployments. Default: 50, which is also the maximum.
    """

    deployments: DeploymentFilter | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET


class DeploymentBulkDeleteResponse(Deleted):
    """The deployments that a bulk delete has deleted."""
