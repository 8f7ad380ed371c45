"""Which flow runs."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Id, OpenEnum, OrText
from prefectkit.models.filters.criteria import (
    AnyOf,
    AnyOrNot,
    AnyOrNull,
    Combined,
    CombinedAnyOf,
    Name,
    StateTypesInAnyCase,
    Tags,
    Window,
    WindowOrNull,
)
from prefectkit.models.states import StateType


class FlowRunSort(OpenEnum):
    """The order of flow runs."""

    ID_DESC = "ID_DESC"
    START_TIME_ASC = "START_TIME_ASC"
    START_TIME_DESC = "START_TIME_DESC"
    EXPECTED_START_TIME_ASC = "EXPECTED_START_TIME_ASC"
    EXPECTED_START_TIME_DESC = "EXPECTED_START_TIME_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    NEXT_SCHEDULED_START_TIME_ASC = "NEXT_SCHEDULED_START_TIME_ASC"
    END_TIME_DESC = "END_TIME_DESC"


class FlowRunFilterId(AnyOrNot[Id]):
    """By the id of the flow run."""


class FlowRunFilterName(Name):
    """By the name of the flow run."""


class FlowRunFilterTags(Tags):
    """By the tags of the flow run."""


class FlowRunFilterDeploymentId(AnyOrNull[Id]):
    """By the deployment of the flow run."""


class FlowRunFilterWorkQueueName(AnyOrNull[str]):
    """By the name of the work queue of the flow run."""


class FlowRunFilterStateType(StateTypesInAnyCase, AnyOrNot[OrText[StateType]]):
    """By the type of the state of the flow run."""


class FlowRunFilterStateName(AnyOrNot[str]):
    """By the name of the state of the flow run."""


class FlowRunFilterState(Combined):
    """By the state of the flow run.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        type: By the type of the state.
        name: By the name of the state.
    """

    type: FlowRunFilterStateType | UnsetType | None = UNSET
    name: FlowRunFilterStateName | UnsetType | None = UNSET


class FlowRunFilterFlowVersion(AnyOf[str]):
    """By the version of the flow that ran."""


class FlowRunFilterStartTime(WindowOrNull):
    """By the moment the flow run started."""


class FlowRunFilterEndTime(WindowOrNull):
    """By the moment the flow run ended."""


class FlowRunFilterExpectedStartTime(Window):
    """By the moment the flow run was to start."""


class FlowRunFilterNextScheduledStartTime(Window):
    """By the moment the flow run is to start next."""


class FlowRunFilterParentFlowRunId(CombinedAnyOf[Id]):
    """By the flow run of which the flow run is a subflow run."""


class FlowRunFilterParentTaskRunId(AnyOrNull[Id]):
    """By the task run that represents the flow run in its parent flow run."""


class FlowRunFilterIdempotencyKey(AnyOrNot[str]):
    """By the idempotency key of the flow run."""


class FlowRunFilterCreatedBy(Combined):
    """By what created the flow run.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id_: The id of the creator is one of these.
        type_: The type of the creator is one of these, such as `DEPLOYMENT` or `AUTOMATION`.
        is_null_: True: no creator is known. False: one is.
    """

    id_: Sequence[Id] | UnsetType | None = UNSET
    type_: Sequence[str] | UnsetType | None = UNSET
    is_null_: bool | UnsetType | None = UNSET


class FlowRunFilter(Combined):
    """Which flow runs.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the flow run.
        name: By the name of the flow run.
        tags: By the tags of the flow run.
        deployment_id: By its deployment.
        work_queue_name: By the name of its work queue.
        state: By its state.
        flow_version: By the version of the flow that ran.
        start_time: By the moment it started.
        end_time: By the moment it ended.
        expected_start_time: By the moment it was to start.
        next_scheduled_start_time: By the moment it is to start next.
        parent_flow_run_id: By the flow run of which it is a subflow run.
        parent_task_run_id: By the task run that represents it in its parent flow run.
        idempotency_key: By its idempotency key.
        created_by: By what created it.
    """

    id: FlowRunFilterId | UnsetType | None = UNSET
    name: FlowRunFilterName | UnsetType | None = UNSET
    tags: FlowRunFilterTags | UnsetType | None = UNSET
    deployment_id: FlowRunFilterDeploymentId | UnsetType | None = UNSET
    work_queue_name: FlowRunFilterWorkQueueName | UnsetType | None = UNSET
    state: FlowRunFilterState | UnsetType | None = UNSET
    flow_version: FlowRunFilterFlowVersion | UnsetType | None = UNSET
    start_time: FlowRunFilterStartTime | UnsetType | None = UNSET
    end_time: FlowRunFilterEndTime | UnsetType | None = UNSET
    expected_start_time: FlowRunFilterExpectedStartTime | UnsetType | None = UNSET
    next_scheduled_start_time: FlowRunFilterNextScheduledStartTime | UnsetType | None = UNSET
    parent_flow_run_id: FlowRunFilterParentFlowRunId | UnsetType | None = UNSET
    parent_task_run_id: FlowRunFilterParentTaskRunId | UnsetType | None = UNSET
    idempotency_key: FlowRunFilterIdempotencyKey | UnsetType | None = UNSET
    created_by: FlowRunFilterCreatedBy | UnsetType | None = UNSET
