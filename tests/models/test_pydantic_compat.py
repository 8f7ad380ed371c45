"""The methods of pydantic models behave as those of pydantic itself."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pydantic
import pytest
from msgspec import field

from prefectkit.models import (
    CronSchedule,
    DeploymentScheduleCreate,
    FlowRun,
    FlowRunPolicy,
    FlowRunUpdate,
    State,
    StateDetails,
    StateType,
)
from prefectkit.models.base import Body, Model

ID = UUID(int=1)
NOW = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)


class Inner(Model):
    id: UUID
    at: datetime | None = None
    tags: set[str] = field(default_factory=set[str])


class Outer(Model):
    name: str
    inner: Inner
    rows: list[Inner] = field(default_factory=list[Inner])
    by_name: dict[str, Inner] = field(default_factory=dict[str, Inner])
    kind: StateType = StateType.PENDING
    took: timedelta = timedelta()
    pair: tuple[int, UUID] = (1, ID)
    extra: Any = None


class PydanticInner(pydantic.BaseModel):
    id: UUID
    at: datetime | None = None
    tags: set[str] = set()


class PydanticOuter(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(ser_json_timedelta="float")

    name: str
    inner: PydanticInner
    rows: list[PydanticInner] = []
    by_name: dict[str, PydanticInner] = {}
    kind: StateType = StateType.PENDING
    took: timedelta = timedelta()
    pair: tuple[int, UUID] = (1, ID)
    extra: Any = None


def both() -> tuple[Outer, PydanticOuter]:
    fields: Any = {"name": "a", "took": timedelta(seconds=1.5), "kind": StateType.RUNNING, "extra": {"x": [ID, NOW]}}
    ours = Inner(id=ID, at=NOW, tags={"t"})
    theirs = PydanticInner(id=ID, at=NOW, tags={"t"})
    return (
        Outer(inner=ours, rows=[ours, Inner(id=ID)], by_name={"k": ours}, **fields),
        PydanticOuter(inner=theirs, rows=[theirs, PydanticInner(id=ID)], by_name={"k": theirs}, **fields),
    )


OPTIONS: list[dict[str, Any]] = [
    {},
    {"mode": "json"},
    {"exclude_none": True},
    {"exclude_defaults": True, "mode": "json"},
    {"include": {"name", "took"}},
    {"exclude": {"rows"}, "by_alias": True},
    {"include": {"name": True, "inner": {"id"}}},
    {"exclude": {"inner": {"id": True}, "by_name": True}, "mode": "json"},
    {"exclude": {"rows"}, "exclude_none": True, "round_trip": True},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_a_dump_is_that_of_pydantic(options: dict[str, Any]) -> None:
    ours, theirs = both()
    assert ours.model_dump(**options) == theirs.model_dump(**options)


@pytest.mark.parametrize("indent", [None, 2])
def test_json_is_that_of_pydantic(indent: int | None) -> None:
    ours, theirs = both()
    text = ours.model_dump_json(indent=indent, exclude={"pair"})
    assert json.loads(text) == json.loads(theirs.model_dump_json(exclude={"pair"}))
    assert ("\n" in text) is (indent is not None)


def test_what_was_not_given_is_left_out() -> None:
    change = FlowRunUpdate(name="a", infrastructure_pid=None)
    assert change.model_dump() == {"name": "a", "infrastructure_pid": None}
    assert change.model_fields_set == {"name", "infrastructure_pid"}
    assert change.model_dump(exclude_unset=True) == change.model_dump()
    policy = FlowRunPolicy(retries=1)
    assert policy.model_dump(exclude_unset=True) == {"retries": 1}
    assert policy.model_fields_set == {"retries"}
    assert policy.model_dump().keys() > {"retries"}


def test_a_copy_has_its_changes_and_leaves_the_original_alone() -> None:
    ours, _ = both()
    other = ours.model_copy(update={"name": "b"})
    assert (ours.name, other.name) == ("a", "b")
    assert other.inner is ours.inner
    deep = ours.model_copy(deep=True)
    assert deep == ours
    assert deep.inner is not ours.inner
    assert copy.copy(ours) == ours
    with pytest.raises(AttributeError):
        ours.model_copy(update={"nam": "b"})


def test_a_model_is_made_of_a_dict_of_json_or_of_another_library() -> None:
    ours, theirs = both()
    ours.extra = theirs.extra = None
    assert Outer.model_validate(ours) is ours
    assert Outer.model_validate(ours.model_dump()) == ours
    assert Outer.model_validate(ours.model_dump(mode="json")) == ours
    assert Outer.model_validate(theirs) == ours
    assert Outer.model_validate_json(ours.model_dump_json()) == ours
    assert Outer.model_validate_json(ours.model_dump_json().encode()) == ours
    assert Outer.model_validate_list([ours.model_dump(), ours]) == [ours, ours]


@pytest.mark.parametrize("bad", [{"id": 1}, {}, [], "text", None], ids=str)
def test_what_does_not_fit_is_a_value_error(bad: Any) -> None:
    with pytest.raises(ValueError, match="this is not a valid FlowRun: "):
        FlowRun.model_validate(bad)
    with pytest.raises(ValueError, match="this is not a valid DeploymentScheduleCreate: "):
        DeploymentScheduleCreate.model_validate(bad)


def test_invalid_json_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="this is not a FlowRun in JSON: "):
        FlowRun.model_validate_json("{")


def test_a_request_with_one_of_several_structs_is_made_of_a_dict() -> None:
    made = DeploymentScheduleCreate.model_validate({"schedule": CronSchedule(cron="* * * * *"), "active": True})
    assert made.model_dump() == {"schedule": {"cron": "* * * * *"}, "active": True}


def test_objects_within_have_the_words_too() -> None:
    state = State(id=ID, type=StateType.FAILED, state_details=StateDetails(cache_key="k"))
    run = FlowRun(id=ID, name="a", flow_id=ID, state=state)
    assert run.state is not None
    assert run.state.state_details.model_dump(exclude_unset=True) == {"cache_key": "k"}
    dumped = run.model_dump(mode="json", include={"state": {"type": True, "id": True}})
    assert dumped == {"state": {"type": "FAILED", "id": str(ID)}}


def test_a_value_that_json_has_no_form_for_is_named() -> None:
    run = FlowRun(id=ID, name="a", flow_id=ID, parameters={"x": object()})
    assert run.model_dump()["parameters"] == run.parameters
    with pytest.raises(TypeError, match="object is not JSON"):
        run.model_dump(mode="json")
    run.parameters = {"x": PydanticInner(id=ID)}
    assert run.model_dump(mode="json")["parameters"] == {"x": {"id": str(ID), "at": None, "tags": []}}


def test_every_struct_of_the_wire_has_the_words() -> None:
    for base in (Model, Body):
        assert callable(base.model_dump)
        # An instance has no dict of its own.
        assert base.__dictoffset__ == 0
