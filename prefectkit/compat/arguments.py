"""Conversion of the arguments of flat methods: Structs, objects with `model_dump` (pydantic), and plain dicts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias, TypeVar, cast
from uuid import UUID

import msgspec
from msgspec import UNSET, structs

from prefectkit.core.representation import shown
from prefectkit.core.serialization.conversion import set_fields
from prefectkit.models.states import State, StateCreate, StateDetails, as_state

T = TypeVar("T")


class Dumpable(Protocol):
    """An object with the fields of a model."""

    def model_dump(self, *, mode: str = "python", exclude_unset: bool = False) -> dict[str, Any]:
        """The fields as a dict."""
        ...


ModelLike: TypeAlias = T | Mapping[str, Any] | Dumpable
"""A Struct, or anything with its fields."""


def or_unset(value: Any) -> Any:
    """The value; `UNSET`, which is not sent, for None."""
    return UNSET if value is None else value


def as_utc(value: datetime | None) -> datetime | None:
    """The datetime; one without an offset is taken as UTC, as the server does."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def without_none(**values: Any) -> dict[str, Any]:
    """The values that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def to_plain(value: Any) -> Any:
    """The value, with each pydantic object in it as JSON: all its fields, since a default may name its type."""
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in cast("Collection[Any]", value)]
    if isinstance(value, dict):
        return {name: to_plain(item) for name, item in cast("dict[str, Any]", cast(object, value)).items()}
    dump = getattr(value, "model_dump", None)
    return value if dump is None or isinstance(value, msgspec.Struct) else dump(mode="json")


def to_partial(value: Any) -> Any:
    """The value; a pydantic object as JSON with only the fields that are set, since the others stay unchanged."""
    return value if isinstance(value, msgspec.Struct) or not hasattr(value, "model_dump") else set_fields(value)


def to_fields(value: ModelLike[Any], *, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields that are set, as keyword arguments.

    Raises:
        TypeError: It has no fields.
    """
    if isinstance(value, msgspec.Struct):
        set_ = {name: item for name in value.__struct_fields__ if (item := getattr(value, name)) is not UNSET}
    elif isinstance(value, Mapping):
        set_ = dict(cast("Mapping[str, Any]", value))
    elif hasattr(value, "model_dump"):
        set_ = set_fields(value)
    else:
        raise TypeError(f"a model, or a dict of its fields, is needed, got {shown(value)}")
    return {name: item for name, item in set_.items() if name not in without}


def fields_for(value: ModelLike[Any], body: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields that are set and that the request has, as keyword arguments; all those of a dict.

    Raises:
        TypeError: It has no fields.
    """
    names = body.__struct_fields__
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, Any]", value))
    if isinstance(value, msgspec.Struct):
        return {name: item for name in names if (item := getattr(value, name, UNSET)) is not UNSET}
    if not hasattr(value, "model_dump"):
        raise TypeError(f"a {body.__name__}, or a dict of its fields, is needed, got a {type(value).__name__}")
    return {name: item for name, item in set_fields(value).items() if name in names}


def to_filters(
    flow_filter: Any, flow_run_filter: Any, task_run_filter: Any, deployment_filter: Any, **pools: Any
) -> dict[str, Any]:
    """The filters of a list method, by the parameter names of the resources."""
    return without_none(
        flows=flow_filter,
        flow_runs=flow_run_filter,
        task_runs=task_run_filter,
        deployments=deployment_filter,
        **pools,
    )


def to_state(state: ModelLike[State | StateCreate]) -> StateCreate:
    """The state that a run begins in."""
    if isinstance(state, Mapping):
        new = StateCreate.model_validate(state)
    else:
        new = StateCreate(**to_fields(as_state(state), without=("id", "timestamp")))
    new.state_details = new.state_details or StateDetails()
    return new


def to_set(state: ModelLike[State | StateCreate], **details: UUID) -> StateCreate:
    """The state to set, with these details. `deferred` of a new one is None, as in Prefect; the server has False."""
    new = to_state(state)
    own_details = cast(StateDetails, new.state_details)
    deferred = own_details.deferred if isinstance(state, State) else own_details.deferred or None
    new.state_details = structs.replace(own_details, deferred=deferred, **details)
    return new
