"""Setting a state, and the result of the server's orchestration."""

from __future__ import annotations

from typing import TypeAlias
from uuid import UUID

from msgspec import UNSET, UnsetType

from prefectkit.models.base import JSON, Body, Model, OpenEnum, Query, Variant, as_variant
from prefectkit.models.filters.flow_runs import FlowRunFilter
from prefectkit.models.states import State, StateCreate


class SetState(Body):
    """A state to set on a run.

    Attributes:
        state: The state to set.
        force: Whether to skip the server's orchestration rules. Default: False.
    """

    state: StateCreate
    force: bool | UnsetType = UNSET


class FlowRunBulkSetState(Query):
    """A state to set on several flow runs.

    Attributes:
        flow_runs: A filter on the flow runs. Default: all.
        state: The state to set.
        force: Whether to skip the server's orchestration rules. Default: False.
        limit: At most this many flow runs. Default: 50, which is also the maximum.
    """

    flow_runs: FlowRunFilter | UnsetType | None = UNSET
    state: StateCreate
    force: bool | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET


class SetStateStatus(OpenEnum):
    """What the server did with a state to set."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    ABORT = "ABORT"
    WAIT = "WAIT"


class StateAcceptDetails(Model):
    """The run is in the state that was asked for.

    Attributes:
        type: `accept_details`.
    """

    type: str = "accept_details"


class StateRejectDetails(Model):
    """The run is in another state than the one asked for.

    Attributes:
        type: `reject_details`.
        reason: The reason.
    """

    type: str = "reject_details"
    reason: str | None = None


class StateAbortDetails(Model):
    """The run keeps its state, and must stop.

    Attributes:
        type: `abort_details`.
        reason: The reason.
    """

    type: str = "abort_details"
    reason: str | None = None


class StateWaitDetails(Model):
    """The run keeps its state, and must try again later.

    Attributes:
        type: `wait_details`.
        delay_seconds: How long to wait, in seconds.
        reason: The reason.
    """

    type: str = "wait_details"
    delay_seconds: float = 0
    reason: str | None = None


StateResponseDetails: TypeAlias = (
    StateAcceptDetails | StateRejectDetails | StateAbortDetails | StateWaitDetails | JSON | None
)
"""The details of each `SetStateStatus`. Details of an unknown kind stay JSON."""

_KINDS: dict[str, type[Model]] = {
    "accept_details": StateAcceptDetails,
    "reject_details": StateRejectDetails,
    "abort_details": StateAbortDetails,
    "wait_details": StateWaitDetails,
}


class OrchestrationResult(Model):
    """The result of setting a state.

    Attributes:
        status: What it did.
        state: The state that the run is in now. None when there is no such run.
        details: The reason, and how long to wait.
    """

    status: SetStateStatus
    state: State | None
    details: Variant[StateResponseDetails] = None

    def __post_init__(self) -> None:
        self.details = as_variant(self.details, "type", _KINDS)

    @property
    def accepted(self) -> bool:
        """Whether the run is in the state that was asked for. If not, `details` has the reason; it is not an error."""
        return self.status is SetStateStatus.ACCEPT


class FlowRunOrchestrationResult(OrchestrationResult):
    """The result of setting a state on one of several flow runs.

    Attributes:
        flow_run_id: The flow run.
        status: What it did.
        state: The state that the run is in now.
        details: The reason, and how long to wait.
    """

    flow_run_id: UUID


class FlowRunBulkSetStateResponse(Model):
    """The results of setting a state on several flow runs.

    Attributes:
        results: One result for each flow run.
    """

    results: list[FlowRunOrchestrationResult]
