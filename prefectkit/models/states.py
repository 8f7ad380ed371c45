"""The states of flow runs and task runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID, uuid4

from msgspec import UNSET, UnsetType, field, structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.representation import shown
from prefectkit.core.serialization.codec import as_builtins
from prefectkit.core.serialization.conversion import state_fields
from prefectkit.models.base import Body, ConstructorDefaults, Model, OpenEnum, Timestamp
from prefectkit.models.prefect_bridge import official_class
from prefectkit.models.prefect_engine import EngineState, as_engine_state
from prefectkit.models.result_type import OfResult, R
from prefectkit.models.state_predicates import FINAL, StatePredicates


class StateType(OpenEnum):
    """The type of a state."""

    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    CRASHED = "CRASHED"
    PAUSED = "PAUSED"
    CANCELLING = "CANCELLING"

    @classmethod
    def _missing_(cls, value: object) -> StateType | None:
        known = cls.__members__.get(value.upper()) if isinstance(value, str) else None
        return super()._missing_(value) if known is None else known


def in_any_case(type_: Any) -> Any:
    """The type of a state that text in upper or lower case names; any other value as it is."""
    return StateType.__members__.get(type_.upper(), type_) if isinstance(type_, str) else type_


STATE_NAMES = (
    "AwaitingConcurrencySlot",
    "AwaitingRetry",
    "Cached",
    "InfrastructurePending",
    "Late",
    "NotReady",
    "Resuming",
    "Retrying",
    "RolledBack",
    "Submitting",
    "Suspended",
    "TimedOut",
)
"""The names of states that Prefect uses, other than those derived from the type."""

TERMINAL_STATES = frozenset(map(StateType, FINAL))
"""The types of state in which a run has ended."""


class StateDetails(Model, omit_defaults=True):
    """Details that the server and the engine store with a state. Fields at their default are not sent.

    Attributes:
        flow_run_id: The flow run that is, or was, in the state.
        task_run_id: The task run that is, or was, in the state.
        child_flow_run_id: The subflow run that the task run represents.
        scheduled_time: When the run is to start.
        cache_key: The key under which the result is cached.
        cache_expiration: When the cached result expires.
        deferred: Whether the task run waits for a task worker.
        untrackable_result: Whether dependencies cannot be tracked by the result.
        pause_timeout: When the pause ends and the run fails.
        pause_reschedule: Whether the run leaves its infrastructure while paused.
        pause_key: The key of the pause, so that a run pauses there once.
        run_input_keyset: The keys of the run inputs that belong to the pause.
        refresh_cache: Whether the cached result is recomputed.
        retriable: Whether the run may be retried.
        transition_id: The id of the state transition, an idempotency key: the server makes a transition once.
        task_parameters_id: The stored parameters of a deferred task run.
        traceparent: The W3C trace context of the run.
        deployment_concurrency_lease_id: The lease on a concurrency slot of the deployment.
    """

    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None
    child_flow_run_id: UUID | None = None
    scheduled_time: Timestamp | None = None
    cache_key: str | None = None
    cache_expiration: Timestamp | None = None
    deferred: bool | None = False
    untrackable_result: bool = False
    pause_timeout: Timestamp | None = None
    pause_reschedule: bool = False
    pause_key: str | None = None
    run_input_keyset: dict[str, str] | None = None
    refresh_cache: bool | None = None
    retriable: bool | None = None
    transition_id: UUID | None = None
    task_parameters_id: UUID | None = None
    traceparent: str | None = None
    deployment_concurrency_lease_id: UUID | None = None


class _Constructed(ConstructorDefaults):
    """Creates a state from its type as Prefect does, and in a run of Prefect's engine one of Prefect's own class."""

    def __call__(cls, *args: Any, **fields: Any) -> Any:
        if "type" in fields:
            kind = fields["type"] = StateType(fields["type"])
            fields.setdefault("name", kind.capitalize())
            if kind == StateType.SCHEDULED:
                details = fields.get("state_details") or StateDetails()
                moment = details.scheduled_time or datetime.now(UTC)
                fields["state_details"] = structs.replace(details, scheduled_time=moment)
        return as_engine_state(super().__call__(*args, **fields))

    def __instancecheck__(cls, instance: object) -> bool:
        # In a run of the engine, `State(...)` returns Prefect's own class.
        official = official_class("State")
        return super().__instancecheck__(instance) or (official is not None and issubclass(type(instance), official))


class State(StatePredicates, EngineState, OfResult[R], Model, metaclass=_Constructed):
    """A state that a run is, or was, in. `str()` gives a short form, such as `Completed()` or `Failed('no rows')`.

    In a run of Prefect's engine, which accepts no other, `State(...)` creates Prefect's own. An annotation may name the
    type of the result: `State[int]`.

    Attributes:
        id: The id of the state.
        type: The type of the state.
        name: The name: that of the type, or a more specific one such as `Late` or `Retrying`.
        timestamp: When the run entered it.
        message: A message about it.
        data: The result, or a reference to it.
        state_details: Details that the server and the engine store with it.
    """

    constructor_defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {
        "id": uuid4,
        "timestamp": partial(datetime.now, UTC),
    }

    if TYPE_CHECKING:
        id: UUID = field(default_factory=uuid4)
    else:
        id: UUID
    type: StateType
    name: str | None = None
    timestamp: Timestamp | None = None
    message: str | None = None
    data: Any = None
    state_details: StateDetails = field(default_factory=StateDetails)

    def __str__(self) -> str:
        name = self.name or self.type.capitalize()
        arguments = [repr(self.message)] if self.message else []
        if name.lower() != self.type.lower():
            arguments.append(f"type={self.type.value}")
        return f"{name}({', '.join(arguments)})"


class StateCreate(StatePredicates, EngineState, Body):
    """A state to set. Functions such as `Completed()` and `Failed(...)` create one.

    In a run of Prefect's engine, which accepts no other, these functions create Prefect's own `State`.

    Attributes:
        type: The type of the state.
        name: The name. Default: that of the type.
        message: A message about it.
        data: The result, or a reference to it, as JSON.
        state_details: Details that the server and the engine store with it.
    """

    made_by: ClassVar[str] = "a state such as Completed() or Running()"

    type: StateType
    name: str | UnsetType | None = UNSET
    message: str | UnsetType | None = UNSET
    data: Any = UNSET
    state_details: StateDetails | UnsetType = UNSET

    def __post_init__(self) -> None:
        self.type = in_any_case(self.type)


def as_state(state: Any) -> State | StateCreate:
    """The state, with one of Prefect's own classes made one of this package's.

    Args:
        state: The state. Of the data of Prefect's own `State`, only the place of a stored result is kept.

    Raises:
        InvalidParameterError: The argument is not a state.
    """
    if issubclass(type(state), State | StateCreate):
        return cast("State | StateCreate", state)
    if isinstance(state, type) or not hasattr(state, "state_details"):
        raise InvalidParameterError(
            f"a state is created by Completed(), Running() and the like, got {shown(state)}{_call_of(state)}"
        )
    return StateCreate.model_validate(as_builtins(state_fields(state)))


def _call_of(state: object) -> str:
    """The hint to call the function that creates a state of this type, from text or the function itself."""
    name = str.__str__(state) if isinstance(state, str) else getattr(state, "__name__", "")
    return f": write {name.capitalize()}()" if name.upper() in StateType.__members__ else ""


def as_state_create(state: State | StateCreate) -> StateCreate:
    """A state to set, with all the details of the given one.

    Args:
        state: A state to set, one that was read, or Prefect's own. It is not changed.

    Raises:
        InvalidParameterError: It is not a state.
    """
    state = as_state(state)
    details = state.state_details
    return StateCreate(type=state.type, name=state.name, message=state.message, data=state.data, state_details=details)


def with_transition_id(state: State | StateCreate) -> StateCreate:
    """The state with a transition id, an idempotency key: the same for all attempts of one call.

    Args:
        state: A state to set, one that was read, or Prefect's own. It is not changed. A state to set keeps its id.

    Returns:
        A state to set, with all the details of the given one.

    Raises:
        InvalidParameterError: It is not a state.
    """
    state = as_state(state)
    details = StateDetails.model_validate(state.state_details or StateDetails())
    if isinstance(state, State) or details.transition_id is None:
        details = structs.replace(details, transition_id=uuid4())
    return StateCreate(type=state.type, name=state.name, message=state.message, data=state.data, state_details=details)
