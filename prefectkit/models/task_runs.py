"""Task runs: each time that a task runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Id, Model, OrText, Stored, Timestamp, Variant, as_variant
from prefectkit.models.common import Page
from prefectkit.models.filter_shortcuts import Ids, Moment, OneOrMore, all_of, any_of, in_state, window
from prefectkit.models.filters.task_runs import (
    TaskRunFilter,
    TaskRunFilterExpectedStartTime,
    TaskRunFilterFlowRunId,
    TaskRunFilterName,
    TaskRunFilterState,
    TaskRunFilterStateName,
    TaskRunFilterStateType,
    TaskRunFilterTags,
    TaskRunSort,
)
from prefectkit.models.run_policies import TaskRunPolicy
from prefectkit.models.selections import Selection
from prefectkit.models.states import State, StateCreate, StateType


class TaskRunResult(Model):
    """An input of a task run: the result of a task run.

    Attributes:
        input_type: `task_run`.
        id: The task run.
    """

    input_type: str = "task_run"
    id: UUID


class FlowRunResult(Model):
    """An input of a task run: the result of a flow run.

    Attributes:
        input_type: `flow_run`.
        id: The flow run.
    """

    input_type: str = "flow_run"
    id: UUID


class Parameter(Model):
    """An input of a task run: a parameter of its flow run.

    Attributes:
        input_type: `parameter`.
        name: The name of the parameter.
    """

    input_type: str = "parameter"
    name: str


class Constant(Model):
    """An input of a task run: a value of the code.

    Attributes:
        input_type: `constant`.
        type: The Python type of the value.
    """

    input_type: str = "constant"
    type: str


RunInput: TypeAlias = TaskRunResult | FlowRunResult | Parameter | Constant | JSON
"""The origin of an input of a task run. An unknown kind stays JSON."""

_KINDS: dict[str, type[Model]] = {
    "task_run": TaskRunResult,
    "flow_run": FlowRunResult,
    "parameter": Parameter,
    "constant": Constant,
}


class TaskRun(Stored):
    """A task run.

    Attributes:
        name: The name.
        flow_run_id: The id of its flow run.
        task_key: The key of the task that runs, the same for all its runs.
        dynamic_key: Which run of the task within the flow run it is. None in the response of a paginate call.
        cache_key: The key under which its result is cached.
        cache_expiration: When the cached result expires.
        task_version: The version of the task.
        empirical_policy: How it is retried.
        tags: The tags.
        labels: The labels.
        state_id: The state that it is in.
        state: The state itself.
        state_type: The type of the state.
        state_name: The name of the state.
        task_inputs: The origin of each input, by the name of the argument.
        run_count: How often it has started.
        flow_run_run_count: At which start of the flow run it started.
        expected_start_time: When it was to start.
        next_scheduled_start_time: When it is to start next.
        start_time: When it started.
        end_time: When it ended.
        total_run_time: How long it has run, over all its attempts.
        estimated_run_time: The same, with the time since it started if it has not ended.
        estimated_start_time_delta: How late it started.
    """

    constructor_defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {**Stored.constructor_defaults, "name": str}

    if TYPE_CHECKING:
        name: str = ""
    else:
        name: str
    flow_run_id: UUID | None = None
    task_key: str
    dynamic_key: str | None = None
    cache_key: str | None = None
    cache_expiration: Timestamp | None = None
    task_version: str | None = None
    empirical_policy: TaskRunPolicy = field(default_factory=TaskRunPolicy)
    tags: list[str] = field(default_factory=list[str])
    labels: JSON | None = None
    state_id: UUID | None = None
    state: State | None = None
    state_type: StateType | None = None
    state_name: str | None = None
    task_inputs: dict[str, list[Variant[RunInput]]] = field(default_factory=dict[str, list[Variant[RunInput]]])
    run_count: int = 0
    flow_run_run_count: int = 0
    expected_start_time: Timestamp | None = None
    next_scheduled_start_time: Timestamp | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    total_run_time: timedelta = timedelta()
    estimated_run_time: timedelta = timedelta()
    estimated_start_time_delta: timedelta = timedelta()

    def __post_init__(self) -> None:
        for inputs in self.task_inputs.values():
            inputs[:] = [as_variant(item, "input_type", _KINDS) for item in inputs]


class TaskRunCreate(Body):
    """A task run to create, or to find by its task, dynamic key and flow run.

    Attributes:
        id: The id. Default: a random one.
        state: The state to begin in. Default: `Pending()`.
        name: The name. Default: two random words.
        flow_run_id: The id of its flow run. Default: none.
        task_key: The key of the task that runs, the same for all its runs.
        dynamic_key: Which run of the task it is within the flow run, such as `0`.
        cache_key: The key under which its result is cached. Default: not cached.
        cache_expiration: When the cached result expires. Default: never.
        task_version: The version of the task.
        empirical_policy: How it is retried. Default: never.
        tags: The tags. Default: none.
        labels: The labels: strings, numbers and booleans by name. Default: none.
        task_inputs: The origin of each input, by the name of the argument. Default: none.
    """

    id: Id | UnsetType | None = UNSET
    state: StateCreate | UnsetType | None = UNSET
    name: str | UnsetType = UNSET
    flow_run_id: Id | UnsetType | None = UNSET
    task_key: str
    dynamic_key: str
    cache_key: str | UnsetType | None = UNSET
    cache_expiration: Timestamp | UnsetType | None = UNSET
    task_version: str | UnsetType | None = UNSET
    empirical_policy: TaskRunPolicy | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    labels: JSON | UnsetType | None = UNSET
    task_inputs: dict[str, list[RunInput]] | UnsetType = UNSET


class TaskRunUpdate(Body):
    """The changes to a task run.

    Attributes:
        name: The name. Default: unchanged.
    """

    name: str | UnsetType = UNSET


class TaskRunSelection(Selection):
    """Which task runs.

    Attributes:
        name: Only with this name, or with one of these names.
        state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
        tags: Only with all of these tags.
        flow_run_id: Only of this flow run, or of one of these.
        since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
        until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from now.
    """

    shortcuts = frozenset({"flow_run_id", "name", "since", "state", "tags", "until"})

    name: OneOrMore | UnsetType | None = UNSET
    state: OneOrMore | UnsetType | None = UNSET
    tags: OneOrMore | UnsetType | None = UNSET
    flow_run_id: Ids | UnsetType | None = UNSET
    since: Moment | UnsetType | None = UNSET
    until: Moment | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        self.add_criteria(
            "task_runs",
            TaskRunFilter,
            name=any_of(TaskRunFilterName, "name", self.name),
            state=in_state(TaskRunFilterState, TaskRunFilterStateType, TaskRunFilterStateName, self.state),
            tags=all_of(TaskRunFilterTags, "tags", self.tags),
            flow_run_id=any_of(TaskRunFilterFlowRunId, "flow_run_id", self.flow_run_id),
            expected_start_time=window(TaskRunFilterExpectedStartTime, self.since, self.until),
        )


class TaskRunQuery(TaskRunSelection):
    """Which task runs, and how many of them in which order.

    Attributes:
        sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
        limit: At most this many task runs. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many task runs to skip. Default: 0.
    """

    sort: OrText[TaskRunSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET


class TaskRunPageQuery(TaskRunSelection):
    """Which task runs, and which page of them in which order.

    Attributes:
        sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
        limit: How many task runs a page holds. Default: the server's page size, usually 200, which is also the maximum.
        page: Which page, from 1. Default: 1.
    """

    sort: OrText[TaskRunSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    page: int | UnsetType | None = UNSET


class TaskRunPaginationResponse(Page[TaskRun]):
    """One page of task runs."""
