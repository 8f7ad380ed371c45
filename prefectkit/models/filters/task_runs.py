"""Which task runs."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, OpenEnum, OrText
from prefectkit.models.filters.criteria import (
    AllTags,
    AnyOf,
    AnyOrNull,
    Combined,
    Name,
    StateTypesInAnyCase,
    Window,
    WindowOrNull,
)
from prefectkit.models.states import StateType


class TaskRunSort(OpenEnum):
    """The order of task runs. By duration since Prefect 3.9."""

    ID_DESC = "ID_DESC"
    EXPECTED_START_TIME_ASC = "EXPECTED_START_TIME_ASC"
    EXPECTED_START_TIME_DESC = "EXPECTED_START_TIME_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    NEXT_SCHEDULED_START_TIME_ASC = "NEXT_SCHEDULED_START_TIME_ASC"
    END_TIME_DESC = "END_TIME_DESC"
    DURATION_ASC = "DURATION_ASC"
    DURATION_DESC = "DURATION_DESC"


class TaskRunFilterId(AnyOf[Id]):
    """By the id of the task run."""


class TaskRunFilterName(Name):
    """By the name of the task run."""


class TaskRunFilterTags(AllTags):
    """By the tags of the task run."""


class TaskRunFilterStateType(StateTypesInAnyCase, AnyOf[OrText[StateType]]):
    """By the type of the state of the task run."""


class TaskRunFilterStateName(AnyOf[str]):
    """By the name of the state of the task run."""


class TaskRunFilterState(Combined):
    """By the state of the task run.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        type: By the type of the state.
        name: By the name of the state.
    """

    type: TaskRunFilterStateType | UnsetType | None = UNSET
    name: TaskRunFilterStateName | UnsetType | None = UNSET


class TaskRunFilterStartTime(WindowOrNull):
    """By the moment the task run started."""


class TaskRunFilterEndTime(WindowOrNull):
    """By the moment the task run ended."""


class TaskRunFilterExpectedStartTime(Window):
    """By the moment the task run was to start."""


class TaskRunFilterSubFlowRuns(Body):
    """By whether the task run represents a subflow run.

    Attributes:
        exists_: True: it represents a subflow run. False: it does not.
    """

    exists_: bool | UnsetType | None = UNSET


class TaskRunFilterFlowRunId(AnyOrNull[Id]):
    """By the flow run of the task run."""


class TaskRunFilter(Combined):
    """Which task runs.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the task run.
        name: By the name of the task run.
        tags: By the tags of the task run.
        state: By its state.
        start_time: By the moment it started.
        end_time: By the moment it ended.
        expected_start_time: By the moment it was to start.
        subflow_runs: By whether it represents a subflow run.
        flow_run_id: By its flow run.
    """

    id: TaskRunFilterId | UnsetType | None = UNSET
    name: TaskRunFilterName | UnsetType | None = UNSET
    tags: TaskRunFilterTags | UnsetType | None = UNSET
    state: TaskRunFilterState | UnsetType | None = UNSET
    start_time: TaskRunFilterStartTime | UnsetType | None = UNSET
    end_time: TaskRunFilterEndTime | UnsetType | None = UNSET
    expected_start_time: TaskRunFilterExpectedStartTime | UnsetType | None = UNSET
    subflow_runs: TaskRunFilterSubFlowRuns | UnsetType | None = UNSET
    flow_run_id: TaskRunFilterFlowRunId | UnsetType | None = UNSET
