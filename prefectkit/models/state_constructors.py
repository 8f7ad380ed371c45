"""The functions that make new states: `Completed()`, `Failed(message=...)` and so on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict, Unpack, cast

from msgspec import structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.representation import shown
from prefectkit.models.prefect_engine import as_engine_state
from prefectkit.models.states import StateCreate, StateDetails, StateType


class StateFields(TypedDict, total=False):
    """The common parameters of the functions below."""

    name: str
    message: str
    data: Any
    state_details: StateDetails


def Scheduled(scheduled_time: datetime | None = None, **fields: Unpack[StateFields]) -> StateCreate:
    """A state for a run that is to start later.

    Args:
        scheduled_time: When it is to start. Default: now.
        **fields: The name, message, data and details of the state.

    Raises:
        ValueError: `scheduled_time` is given twice, here and in `state_details`.
    """
    details = fields.pop("state_details", None) or StateDetails()
    if scheduled_time is not None:
        _refuse_second("scheduled_time", scheduled_time, details.scheduled_time)
        details = structs.replace(details, scheduled_time=scheduled_time)
    fields["state_details"] = details
    return _new(StateType.SCHEDULED, fields)


def Late(scheduled_time: datetime | None = None, **fields: Unpack[StateFields]) -> StateCreate:
    """As `Scheduled`, for a run that should have started by now.

    Args:
        scheduled_time: When it is to start. Default: now.
        **fields: The name, message, data and details of the state.
    """
    fields.setdefault("name", "Late")
    return Scheduled(scheduled_time, **fields)


def AwaitingRetry(scheduled_time: datetime | None = None, **fields: Unpack[StateFields]) -> StateCreate:
    """As `Scheduled`, for a run that waits for a retry.

    Args:
        scheduled_time: When it is to start. Default: now.
        **fields: The name, message, data and details of the state.
    """
    fields.setdefault("name", "AwaitingRetry")
    return Scheduled(scheduled_time, **fields)


def AwaitingConcurrencySlot(scheduled_time: datetime | None = None, **fields: Unpack[StateFields]) -> StateCreate:
    """As `Scheduled`, for a run that waits for a concurrency slot.

    Args:
        scheduled_time: When it is to start. Default: now.
        **fields: The name, message, data and details of the state.
    """
    fields.setdefault("name", "AwaitingConcurrencySlot")
    return Scheduled(scheduled_time, **fields)


def Pending(**fields: Unpack[StateFields]) -> StateCreate:
    """A state for a run that is about to start.

    Args:
        **fields: The name, message, data and details of the state.
    """
    return _new(StateType.PENDING, fields)


def Submitting(**fields: Unpack[StateFields]) -> StateCreate:
    """As `Pending`, for a run that a worker is submitting to its infrastructure.

    Args:
        **fields: The name, message, data and details of the state.
    """
    fields.setdefault("name", "Submitting")
    return Pending(**fields)


def InfrastructurePending(**fields: Unpack[StateFields]) -> StateCreate:
    """As `Pending`, for a run whose infrastructure is starting.

    Args:
        **fields: The name, message, data and details of the state.
    """
    fields.setdefault("name", "InfrastructurePending")
    return Pending(**fields)


def Running(**fields: Unpack[StateFields]) -> StateCreate:
    """A state for a run that is running.

    Args:
        **fields: The name, message, data and details of the state.
    """
    return _new(StateType.RUNNING, fields)


def Retrying(**fields: Unpack[StateFields]) -> StateCreate:
    """As `Running`, for a run that is retrying.

    Args:
        **fields: The name, message, data and details of the state.
    """
    fields.setdefault("name", "Retrying")
    return Running(**fields)


def Completed(**fields: Unpack[StateFields]) -> StateCreate:
    """A state for a run that has succeeded.

    Args:
        **fields: The name, message, data and details of the state.
    """
    return _new(StateType.COMPLETED, fields)


def Failed(**fields: Unpack[StateFields]) -> StateCreate:
    """A state for a run that has failed with an error of its own code.

    Args:
        **fields: The name, message, data and details of the state.
    """
    return _new(StateType.FAILED, fields)


def Crashed(**fields: Unpack[StateFields]) -> StateCreate:
    """A state for a run that was ended by a failure of its infrastructure.

    Args:
        **fields: The name, message, data and details of the state.
    """
    return _new(StateType.CRASHED, fields)


def Cancelling(**fields: Unpack[StateFields]) -> StateCreate:
    """A state for a run that is to be cancelled.

    Args:
        **fields: The name, message, data and details of the state.
    """
    return _new(StateType.CANCELLING, fields)


def Cancelled(**fields: Unpack[StateFields]) -> StateCreate:
    """A state for a run that has been cancelled.

    Args:
        **fields: The name, message, data and details of the state.
    """
    return _new(StateType.CANCELLED, fields)


def Paused(
    timeout_seconds: float | None = None,
    pause_expiration_time: datetime | None = None,
    reschedule: bool = False,
    pause_key: str | None = None,
    **fields: Unpack[StateFields],
) -> StateCreate:
    """A state for a run that waits to be resumed.

    Args:
        timeout_seconds: How long it waits before it fails, in seconds. Default: no timeout.
        pause_expiration_time: When it fails, instead of `timeout_seconds`.
        reschedule: Whether the run leaves its infrastructure while it waits.
        pause_key: The key of the pause, so that the run pauses there once.
        **fields: The name, message, data and details of the state.

    Raises:
        ValueError: The end of the pause is given twice, or `timeout_seconds` is no number of seconds.
    """
    details = fields.pop("state_details", None) or StateDetails()
    if timeout_seconds is not None:
        _refuse_second("timeout_seconds", timeout_seconds, pause_expiration_time)
        pause_expiration_time = datetime.now(UTC) + _seconds("timeout_seconds", timeout_seconds)
    if pause_expiration_time is not None:
        _refuse_second("the end of the pause", pause_expiration_time, details.pause_timeout)
        details = structs.replace(details, pause_timeout=pause_expiration_time)
    fields["state_details"] = structs.replace(details, pause_reschedule=reschedule, pause_key=pause_key)
    return _new(StateType.PAUSED, fields)


def Suspended(
    timeout_seconds: float | None = None,
    pause_expiration_time: datetime | None = None,
    pause_key: str | None = None,
    **fields: Unpack[StateFields],
) -> StateCreate:
    """As `Paused`, for a run that leaves its infrastructure while it waits.

    Args:
        timeout_seconds: How long it waits before it fails, in seconds. Default: no timeout.
        pause_expiration_time: When it fails, instead of `timeout_seconds`.
        pause_key: The key of the pause, so that the run pauses there once.
        **fields: The name, message, data and details of the state.
    """
    fields.setdefault("name", "Suspended")
    return Paused(timeout_seconds, pause_expiration_time, True, pause_key, **fields)


def _new(type: StateType, fields: StateFields) -> StateCreate:
    return as_engine_state(StateCreate(type=type, **fields))


def _refuse_second(what: str, value: object, other: object) -> None:
    if other is not None:
        raise ValueError(f"{what} is given twice: {value} and {other}; give one of them")


def _seconds(name: str, value: float) -> timedelta:
    if isinstance(value, bool) or not isinstance(cast(object, value), (int, float)):
        raise InvalidParameterError(f"{name} must be a number of seconds, got {shown(value)}")
    return timedelta(seconds=value)
