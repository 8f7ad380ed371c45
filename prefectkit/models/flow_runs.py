"""Flow runs: each time that a flow runs, or is to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
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
from prefectkit.models.common import CreatedBy, Deleted, Keyed, Page
from prefectkit.models.filter_shortcuts import Ids, Moment, OneOrMore, all_of, any_of, in_state, window
from prefectkit.models.filters.flow_runs import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    FlowRunFilterTags,
    FlowRunSort,
)
from prefectkit.models.run_policies import FlowRunPolicy
from prefectkit.models.selections import QueueSelection
from prefectkit.models.states import State, StateCreate, StateType


class FlowRun(RedactedJobSettings, Stored):
    """A flow run.

    Attributes:
        name: The name.
        flow_id: The id of the flow that runs.
        state_id: The state that it is in.
        state: The state itself.
        state_type: The type of the state.
        state_name: The name of the state.
        deployment_id: The deployment that it is of.
        deployment_version: The version of that deployment.
        work_pool_id: The id of the work pool that it runs in.
        work_pool_name: The name of that work pool.
        work_queue_id: The id of the work queue that it waits in.
        work_queue_name: The name of that work queue.
        flow_version: The version of the flow.
        parameters: The parameters that the flow is called with.
        idempotency_key: The key that it was created with, unique among the runs of a flow.
        context: Further data of the run.
        empirical_policy: How it is retried.
        tags: The tags.
        labels: The labels.
        parent_task_run_id: The id of the task run that represents it in its parent flow run.
        run_count: How often it has started.
        expected_start_time: When it was to start.
        next_scheduled_start_time: When it is to start next.
        start_time: When it started.
        end_time: When it ended.
        total_run_time: How long it has run, over all its attempts.
        estimated_run_time: The same, with the time since it started if it has not ended.
        estimated_start_time_delta: How late it started.
        auto_scheduled: Whether a schedule made it.
        infrastructure_document_id: The id of the block document of the infrastructure that it runs on.
        infrastructure_pid: The id that its infrastructure gave it, such as a process id.
        created_by: What created it.
        job_variables: Values that override variables of the work pool's job template.
    """

    constructor_defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {**Stored.constructor_defaults, "name": str}

    if TYPE_CHECKING:
        name: str = ""
    else:
        name: str
    flow_id: UUID
    state_id: UUID | None = None
    state: State | None = None
    state_type: StateType | None = None
    state_name: str | None = None
    deployment_id: UUID | None = None
    deployment_version: str | None = None
    work_pool_id: UUID | None = None
    work_pool_name: str | None = None
    work_queue_id: UUID | None = None
    work_queue_name: str | None = None
    flow_version: str | None = None
    parameters: JSON = field(default_factory=JSON)
    idempotency_key: str | None = None
    context: JSON = field(default_factory=JSON)
    empirical_policy: FlowRunPolicy = field(default_factory=FlowRunPolicy)
    tags: list[str] = field(default_factory=list[str])
    labels: JSON | None = field(default_factory=JSON)
    parent_task_run_id: UUID | None = None
    run_count: int = 0
    expected_start_time: Timestamp | None = None
    next_scheduled_start_time: Timestamp | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    total_run_time: timedelta = timedelta()
    estimated_run_time: timedelta = timedelta()
    estimated_start_time_delta: timedelta = timedelta()
    auto_scheduled: bool = False
    infrastructure_document_id: UUID | None = None
    infrastructure_pid: str | None = None
    created_by: CreatedBy | None = None
    job_variables: JSON | None = None


class FlowRunCreate(RedactedJobSettings, Keyed):
    """A flow run to create, without a deployment.

    It is sent with an `idempotency_key`, given or random, so that a request that is sent twice creates one run.

    Attributes:
        flow_id: The id of the flow that runs.
        state: The state to begin in. Default: `Pending()`.
        name: The name. Default: two random words.
        flow_version: The version of the flow.
        parameters: The parameters that the flow is called with. Default: none.
        context: Further data of the run, as JSON. Default: none.
        parent_task_run_id: The id of the task run that represents it in its parent flow run.
        infrastructure_document_id: The id of the block document of the infrastructure that it runs on.
        empirical_policy: How it is retried. Default: never.
        tags: The tags. Default: none.
        labels: The labels: strings, numbers and booleans by name. Default: none.
        work_pool_name: The name of the work pool that it runs in.
        work_queue_name: The name of the work queue that it waits in.
        job_variables: Values that override variables of the work pool's job template.
        deployment_id: Deprecated: use `client.deployments.create_flow_run` instead.
    """

    flow_id: Id
    state: StateCreate | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    flow_version: str | UnsetType | None = UNSET
    parameters: JSON | UnsetType = UNSET
    context: JSON | UnsetType = UNSET
    parent_task_run_id: Id | UnsetType | None = UNSET
    infrastructure_document_id: Id | UnsetType | None = UNSET
    empirical_policy: FlowRunPolicy | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    labels: JSON | UnsetType | None = UNSET
    work_pool_name: str | UnsetType | None = UNSET
    work_queue_name: str | UnsetType | None = UNSET
    job_variables: JSON | UnsetType | None = UNSET
    deployment_id: Id | UnsetType | None = UNSET


class FlowRunUpdate(RedactedJobSettings, Body):
    """The changes to a flow run. Fields not given stay unchanged.

    Attributes:
        name: The name.
        flow_version: The version of the flow.
        parameters: The parameters that the flow is called with.
        empirical_policy: How it is retried.
        tags: The tags.
        infrastructure_pid: The id that its infrastructure gave it, such as a process id.
        job_variables: Values that override variables of the work pool's job template.
    """

    name: str | UnsetType | None = UNSET
    flow_version: str | UnsetType | None = UNSET
    parameters: JSON | UnsetType = UNSET
    empirical_policy: FlowRunPolicy | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    infrastructure_pid: str | UnsetType | None = UNSET
    job_variables: JSON | UnsetType | None = UNSET


class FlowRunSelection(QueueSelection):
    """Which flow runs.

    Attributes:
        name: Only with this name, or with one of these names.
        state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
        tags: Only with all of these tags.
        deployment_id: Only of this deployment, or of one of these.
        since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
        until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from now.
    """

    shortcuts = frozenset({"deployment_id", "name", "since", "state", "tags", "until"})

    name: OneOrMore | UnsetType | None = UNSET
    state: OneOrMore | UnsetType | None = UNSET
    tags: OneOrMore | UnsetType | None = UNSET
    deployment_id: Ids | UnsetType | None = UNSET
    since: Moment | UnsetType | None = UNSET
    until: Moment | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        self.add_criteria(
            "flow_runs",
            FlowRunFilter,
            name=any_of(FlowRunFilterName, "name", self.name),
            state=in_state(FlowRunFilterState, FlowRunFilterStateType, FlowRunFilterStateName, self.state),
            tags=all_of(FlowRunFilterTags, "tags", self.tags),
            deployment_id=any_of(FlowRunFilterDeploymentId, "deployment_id", self.deployment_id),
            expected_start_time=window(FlowRunFilterExpectedStartTime, self.since, self.until),
        )


class FlowRunQuery(FlowRunSelection):
    """Which flow runs, and how many of them in which order.

    Attributes:
        sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
        limit: At most this many flow runs. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many flow runs to skip. Default: 0.
    """

    sort: OrText[FlowRunSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET


class FlowRunPageQuery(FlowRunSelection):
    """Which flow runs, and which page of them in which order.

    Attributes:
        sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
        limit: How many flow runs a page holds. Default: the server's page size, usually 200, which is also the maximum.
        page: Which page, from 1. Default: 1.
    """

    sort: OrText[FlowRunSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    page: int | UnsetType | None = UNSET


class FlowRunPaginationResponse(Page[FlowRun]):
    """One page of flow runs."""


class FlowRunResume(Body):
    """The resumption of a paused flow run.

    Attributes:
        run_input: The input that the pause requires. Default: none.
    """

    run_input: JSON | UnsetType | None = UNSET


class FlowRunBulkDelete(Query):
    """Which flow runs to delete.

    Attributes:
        flow_runs: A filter on the flow runs. Default: all.
        limit: At most this many flow runs. Default: 50, which is also the maximum.
    """

    flow_runs: FlowRunFilter | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET


class FlowRunBulkDeleteResponse(Deleted):
    """The flow runs that a bulk delete deleted."""


class FlowRunCreateStatus(OpenEnum):
    """The result for one flow run of a bulk create."""

    CREATED = "CREATED"
    FAILED = "FAILED"


class FlowRunCreateResult(Model):
    """The result for one flow run of a bulk create.

    Attributes:
        flow_run_id: The flow run that was created.
        status: Whether it was created.
        error: The reason why not.
    """

    flow_run_id: UUID | None = None
    status: FlowRunCreateStatus
    error: str | None = None


class FlowRunBulkCreateResponse(Model):
    """The results of a bulk create of flow runs.

    Attributes:
        results: One result for each flow run, in the order of the request.
    """

    results: list[FlowRunCreateResult]
