"""What people pass: Structs of this package, objects of Prefect's own or any with `model_dump`, and plain dicts."""

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


Given: TypeAlias = T | Mapping[str, Any] | Dumpable
"""A Struct, or anything with its fields."""


def given(value: Any) -> Any:
    """The value to send; None stands for what is not given."""
    return UNSET if value is None else value


def moment(value: datetime | None) -> datetime | None:
    """A moment with its offset: without one it is UTC, as the server reads it."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def all_given(**values: Any) -> dict[str, Any]:
    """Those that are not None."""
    return {name: value for name, value in values.items() if value is not None}


def whole(value: Any) -> Any:
    """An object to create: another library's with all its fields, since its defaults may say what kind it is."""
    if isinstance(value, (list, tuple)):
        return [whole(item) for item in cast("Collection[Any]", value)]
    if isinstance(value, dict):
        return {name: whole(item) for name, item in cast("dict[str, Any]", cast(object, value)).items()}
    dump = getattr(value, "model_dump", None)
    return value if dump is None or isinstance(value, msgspec.Struct) else dump(mode="json")


def fields(value: Given[Any], *, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields that an object to change another one has set, as keywords.

    Raises:
        TypeError: It is none.
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


def selection(
    flow_filter: Any, flow_run_filter: Any, task_run_filter: Any, deployment_filter: Any, **pools: Any
) -> dict[str, Any]:
    """The filters of a list by the names that resources have for them."""
    return all_given(
        flows=flow_filter,
        flow_runs=flow_run_filter,
        task_runs=task_run_filter,
        deployments=deployment_filter,
        **pools,
    )


def state_of(state: Given[State | StateCreate], **details: UUID) -> StateCreate:
    """The state to set, with these details."""
    if isinstance(state, State | StateCreate):
        made = StateCreate(**fields(state, without=("id", "timestamp")))
    elif isinstance(state, Mapping):
        made = StateCreate.model_validate(state)
    else:
        made = as_state(state)
    made.state_details = structs.replace(made.state_details or StateDetails(), **details)
    return made
