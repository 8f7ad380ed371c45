"""The requests of Prefect's UI: counts, histories, the validation of values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypeAlias, cast
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Id, Model, OrText, Query, Timestamp, Variant, as_kind
from prefectkit.models.filters.deployments import DeploymentFilter
from prefectkit.models.filters.flow_runs import FlowRunFilter, FlowRunSort
from prefectkit.models.filters.flows import FlowFilter
from prefectkit.models.filters.task_runs import TaskRunFilter
from prefectkit.models.filters.work_pools import WorkPoolFilter, WorkQueueFilter
from prefectkit.models.selections import PoolSelection
from prefectkit.models.states import StateType
from prefectkit.models.task_runs import TaskRun


class FlowIds(Body):
    """The flows to look at.

    Attributes:
        flow_ids: The ids of the flows, at most 200.
    """

    flow_ids: Sequence[Id]


class FlowRunIds(Body):
    """The flow runs to look at.

    Attributes:
        flow_run_ids: The ids of the flow runs, at most 200.
    """

    flow_run_ids: Sequence[Id]


class SimpleFlowRun(Model):
    """A flow run, as a bar of a chart.

    Attributes:
        id: The id.
        state_type: The type of its state.
        timestamp: When it started, or is expected to.
        duration: How long it has run.
        lateness: How much later than expected it started.
    """

    id: UUID
    state_type: StateType | None = None
    timestamp: Timestamp | None = None
    duration: timedelta = timedelta(0)
    lateness: timedelta = timedelta(0)


class SimpleNextFlowRun(Model):
    """The flow run of a flow that is to start next.

    Attributes:
        id: The id.
        flow_id: The flow.
        name: The name.
        state_name: The name of its state.
        state_type: The type of its state.
        next_scheduled_start_time: When it is to start.
    """

    id: UUID
    flow_id: UUID | None = None
    name: str = ""
    state_name: str | None = None
    state_type: StateType | None = None
    next_scheduled_start_time: Timestamp | None = None


class FlowRunBarQuery(PoolSelection):
    """Which flow runs to read as bars of a chart.

    Attributes:
        flows: A filter on the flow. Default: any.
        flow_runs: A filter on the flow runs. Default: all.
        task_runs: A filter on the task runs. Default: any.
        deployments: A filter on the deployment. Default: any.
        work_pools: A filter on the work pool. Default: any.
        sort: The order. Default: `EXPECTED_START_TIME_DESC`.
        limit: At most this many rows. Default: 1000, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    sort: OrText[FlowRunSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET


class TaskRunCountQuery(Query):
    """Which of the task runs that have ended to count, in 20 intervals of equal length.

    Attributes:
        task_runs: A filter on the task runs. Its `start_time.after_` is required: the first interval begins there.
        flows: A filter on the flow. Default: any.
        flow_runs: A filter on the flow run. Default: any.
        deployments: A filter on the deployment. Default: any.
        work_pools: A filter on the work pool. Default: any.
        work_queues: A filter on the work queue. Default: any.
    """

    task_runs: TaskRunFilter
    flows: FlowFilter | UnsetType | None = UNSET
    flow_runs: FlowRunFilter | UnsetType | None = UNSET
    deployments: DeploymentFilter | UnsetType | None = UNSET
    work_pools: WorkPoolFilter | UnsetType | None = UNSET
    work_queues: WorkQueueFilter | UnsetType | None = UNSET


class TaskRunCount(Model):
    """How many task runs ended in an interval.

    Attributes:
        completed: How many succeeded.
        failed: How many did not.
    """

    completed: int = 0
    failed: int = 0


class CountByState(Model):
    """How many runs are in a state of each type.

    Attributes:
        COMPLETED: How many have succeeded.
        PENDING: How many are about to start.
        RUNNING: How many are running.
        FAILED: How many have failed.
        CANCELLED: How many have been cancelled.
        CRASHED: How many were ended by a failure of their infrastructure.
        PAUSED: How many are paused.
        CANCELLING: How many are being cancelled.
        SCHEDULED: How many are to start later.
    """

    COMPLETED: int
    PENDING: int = 0
    RUNNING: int = 0
    FAILED: int = 0
    CANCELLED: int = 0
    CRASHED: int = 0
    PAUSED: int = 0
    CANCELLING: int = 0
    SCHEDULED: int = 0


class UITaskRun(TaskRun):
    """A task run with the name of its flow run; its other fields are those of `TaskRun`.

    Attributes:
        flow_run_name: The name of the flow run.
    """

    flow_run_name: str | None = None


class SchemaValues(Body):
    """Values to check against a JSON Schema.

    Attributes:
        schema: The JSON schema, of an object.
        values: The values to check, by the name of the property.
    """

    schema: JSON
    values: JSON


class SchemaValuePropertyError(Model):
    """The errors of a property.

    Attributes:
        property: The name of the property.
        errors: The errors of it, or of values within it.
    """

    property: str
    errors: list[Variant[SchemaValueError]]

    def __post_init__(self) -> None:
        self.errors = _as_errors(self.errors)


class SchemaValueIndexError(Model):
    """The errors of an item of a list.

    Attributes:
        index: The index of the item, from 0.
        errors: The errors of it, or of values within it.
    """

    index: int
    errors: list[Variant[SchemaValueError]]

    def __post_init__(self) -> None:
        self.errors = _as_errors(self.errors)


SchemaValueError: TypeAlias = str | SchemaValuePropertyError | SchemaValueIndexError | JSON
"""An error of a value: a message, or the errors of a property or an item."""


class SchemaValuesValidationResponse(Model):
    """The result of a validation.

    Attributes:
        errors: The errors. Empty: none.
        valid: Whether there are no errors.
    """

    errors: list[Variant[SchemaValueError]] = field(default_factory=list[Variant[SchemaValueError]])
    valid: bool

    def __post_init__(self) -> None:
        self.errors = _as_errors(self.errors)


_KINDS: dict[str, type[Model]] = {"property": SchemaValuePropertyError, "index": SchemaValueIndexError}


def _as_errors(values: list[Any]) -> list[SchemaValueError]:
    return [_as_error(value) for value in values]


def _as_error(value: object) -> SchemaValueError:
    for key, kind in _KINDS.items():
        if isinstance(value, dict) and key in value:
            return cast(SchemaValueError, as_kind(value, kind))
    return cast(SchemaValueError, value)
