"""What programs do with Prefect's own objects works with these: old methods of pydantic, text of enums, ..."""

from __future__ import annotations

import json
from datetime import timedelta
from enum import Enum
from importlib import import_module
from typing import Any
from uuid import UUID

import msgspec
import pytest

from prefectkit import models
from prefectkit.models import (
    CancelFlowRun,
    CompoundTrigger,
    EventTrigger,
    FlowRun,
    MetricTrigger,
    MetricTriggerOperator,
    MetricTriggerQuery,
    Posture,
    PrefectMetric,
    ReceivedEvent,
    RelatedResource,
    Resource,
    RunDeployment,
    SequenceTrigger,
    State,
    StateDetails,
    StateType,
    WorkerHeartbeat,
    WorkerMetadata,
    WorkPool,
)
from prefectkit.models.automations import AutomationCreate
from prefectkit.models.triggers import TriggerTypes

ID = UUID(int=7)
RUN = FlowRun(id=ID, flow_id=ID, name="a", tags=["x"])


def official(module: str, name: str) -> Any:
    """One of Prefect's own classes, which is imported after the environment is set."""
    return getattr(import_module(f"prefect.{module}"), name)


def test_the_older_methods_are_those_of_today() -> None:
    assert RUN.dict(exclude_none=True) == RUN.model_dump(exclude_none=True)
    assert RUN.json(include={"id"}, indent=2) == RUN.model_dump_json(include={"id"}, indent=2)
    assert FlowRun.parse_obj(RUN.dict()) == FlowRun.parse_raw(RUN.json()) == RUN
    assert RUN.copy(update={"name": "b"}).name == "b" and RUN.name == "a"
    assert RUN.copy().tags is RUN.tags and RUN.copy(deep=True).tags is not RUN.tags
    kept = RUN.copy(exclude={"tags"}, update={"name": "c"})
    assert (kept.id, kept.name, kept.tags) == (ID, "c", [])
    assert RUN.copy(include={"flow_id", "name", "tags"}, exclude={"tags"}).id != ID
    with pytest.raises(TypeError, match="flow_id"):
        RUN.copy(exclude={"flow_id"})


def test_iteration_and_vars_are_those_of_pydantic() -> None:
    theirs = official("client.schemas.objects", "StateDetails")(cache_key="k")
    ours = StateDetails(cache_key="k", deferred=None)
    assert dict(ours) == dict(theirs)  # type: ignore[call-overload]
    assert vars(ours) == vars(theirs)
    # What is not given is not there.
    assert vars(models.FlowRunUpdate(name="a")) == {"name": "a"}
    with pytest.raises(AttributeError):
        RUN.nonesuch = 1  # type: ignore[attr-defined]


ENUMS = [each for name in models.__all__ if isinstance(each := getattr(models, name), type) and issubclass(each, Enum)]


@pytest.mark.parametrize("ours", ENUMS, ids=lambda each: each.__name__)
def test_the_text_of_an_enum_is_the_official_one(ours: Any) -> None:
    homes = ("client.schemas.objects", "client.schemas.responses", "client.schemas.sorting", "events.filters")
    modules = [import_module(f"prefect.{home}") for home in (*homes, "events.schemas.automations")]
    found = [getattr(module, ours.__name__) for module in modules if hasattr(module, ours.__name__)]
    for member in ours:
        assert (str(member), f"{member}") == (f"{ours.__name__}.{member.name}",) * 2
        assert member == member.value and member.value in {member.value: 1}
        for theirs in found[:1]:
            assert str(theirs(member.value)) == f"{theirs(member.value)}" == str(member)


# The server needs the first; of the second, the field is all there is.
NEEDS_MORE = {"BlockSchemaCreate": {"block_type_id"}, "ServerDefaultResultStorage": {"default_result_storage_block_id"}}


def test_an_object_is_built_by_hand_from_the_fields_that_the_official_one_needs() -> None:
    homes = ("objects", "responses", "schedules", "actions", "filters")
    modules = [*(f"client.schemas.{home}" for home in homes), "events.schemas.automations", "events.actions"]
    compared, more = 0, {}
    for module in map(import_module, (f"prefect.{name}" for name in modules)):
        for name, theirs in vars(module).items():
            ours = getattr(models, name, None) or getattr(models.filters, name, None)
            if hasattr(theirs, "model_fields") and isinstance(ours, type) and issubclass(ours, msgspec.Struct):
                needed = {field.name for field in msgspec.structs.fields(ours) if field.required}
                needed -= set(getattr(ours, "constructor_defaults", ()))
                needed -= {field for field, info in theirs.model_fields.items() if info.is_required()}
                compared += 1
                more |= {name: needed} if needed else {}
    assert more == NEEDS_MORE
    assert compared > 120
    assert (models.TaskRun(dynamic_key="1", task_key="k").name, models.FlowRun(flow_id=ID).name) == ("", "")


def test_a_state_is_made_and_shown_as_the_official_one() -> None:
    theirs = official("client.schemas.objects", "State")
    for given in (
        {"type": "FAILED", "message": "no"},
        {"type": StateType.SCHEDULED},
        {"type": "RUNNING", "name": "Mine"},
    ):
        ours, other = State(**given), theirs(**{**given, "type": str.__str__(given["type"])})
        assert (ours.name, ours.type, str(ours)) == (other.name, other.type.value, str(other))
        assert isinstance(ours.type, StateType)
        assert (ours.state_details.scheduled_time is None) == (other.state_details.scheduled_time is None)


@pytest.mark.parametrize(
    ("type_", "push", "managed"),
    [("ecs:push", True, False), ("prefect:managed", False, True), ("process", False, False)],
)
def test_a_work_pool_has_the_type_of_its_workers(type_: str, push: bool, managed: bool) -> None:
    pool = WorkPool(name="a", type=type_)
    assert (pool.is_push_pool, pool.is_managed_pool) == (push, managed)


def test_the_resources_of_an_event_have_their_labels_as_attributes() -> None:
    labels = {"prefect.resource.id": f"prefect.flow-run.{ID}", "prefect.resource.name": "a"}
    related = {"prefect.resource.id": "prefect.flow.1", "prefect.resource.role": "flow"}
    sent = models.Event(event="a", resource=labels, related=[related])
    read = msgspec.json.decode(msgspec.json.encode(sent), type=ReceivedEvent)
    for event in (sent, read):
        assert isinstance(event.resource, Resource) and isinstance(event.related[0], RelatedResource)
        assert (event.resource, event.related) == (labels, [related])
        assert event.resource.id == labels["prefect.resource.id"] and event.resource.name == "a"
        assert event.resource.prefect_object_id("prefect.flow-run") == ID
        assert event.resource.prefect_object_id("prefect.flow-run.") == ID
        assert event.related[0].role == "flow" and event.related[0].name is None
        with pytest.raises(ValueError, match=r"is no 'prefect\.flow'"):
            event.resource.prefect_object_id("prefect.flow")
    assert json.loads(read.model_dump_json())["resource"] == labels


EVENT = EventTrigger(expect={"order.paid"}, threshold=2)
ABSENCE = EventTrigger(expect={"order.paid"}, posture=Posture.Proactive, within=timedelta(minutes=1))
METRIC = MetricTrigger(
    metric=MetricTriggerQuery(name=PrefectMetric.lateness, threshold=5, operator=MetricTriggerOperator.GT, range=600)
)


@pytest.mark.parametrize(
    "trigger",
    [EVENT, ABSENCE, METRIC, CompoundTrigger(triggers=[EVENT, SequenceTrigger(triggers=[ABSENCE])], require="any")],
    ids=["event", "absence", "metric", "compound"],
)
@pytest.mark.parametrize("indent", [0, 2])
def test_a_trigger_is_described_as_the_official_one(trigger: Any, indent: int) -> None:
    theirs = official("events.schemas.automations", type(trigger).__name__).model_validate(trigger.dict(mode="json"))
    assert trigger.describe_for_cli(indent=indent) == theirs.describe_for_cli(indent=indent)
    # Both read what the other sends.
    assert msgspec.convert(theirs.model_dump(mode="json"), type(trigger), strict=False).dict(exclude={"id"}) == {
        **trigger.dict(),
    }


@pytest.mark.parametrize(
    "action", [CancelFlowRun(), RunDeployment(source="inferred")], ids=lambda each: type(each).__name__
)
def test_an_action_is_described_as_the_official_one(action: Any) -> None:
    theirs = official("events.actions", type(action).__name__).model_validate(action.dict(mode="json"))
    assert action.describe_for_cli() == theirs.describe_for_cli()


def test_a_metric_trigger_goes_into_an_automation_and_is_read_back() -> None:
    sent = msgspec.json.encode(AutomationCreate(name="a", trigger=METRIC, actions=[CancelFlowRun()]))
    theirs = official("events.schemas.automations", "AutomationCore").model_validate_json(sent)
    assert theirs.trigger.metric.firing_for == timedelta(minutes=5)
    stored = json.loads(sent) | {"id": str(ID)}
    read: TriggerTypes = msgspec.convert(stored, models.Automation, strict=False).trigger
    assert read == METRIC


def test_the_other_names_have_the_official_fields() -> None:
    for name in ("ConcurrencyLimitConfig", "Integration", "GlobalConcurrencyLimit"):
        theirs = official("client.schemas.objects", name)
        assert set(getattr(models, name).__struct_fields__) == set(theirs.model_fields), name
    assert models.ConcurrencyLimitConfig(limit=3).collision_strategy == models.ConcurrencyLimitStrategy.ENQUEUE
    assert models.ResourceSpecification({"a": ["b"]}) == {"a": ["b"]}
    installed = WorkerMetadata(integrations=[models.Integration(name="prefect-aws", version="1")], more=1)
    beat = WorkerHeartbeat(name="w", metadata=installed)
    assert json.loads(msgspec.json.encode(beat))["metadata"] == {
        "integrations": [{"name": "prefect-aws", "version": "1"}],
        "more": 1,
    }
    assert models.WorkerStatus is models.filters.WorkerStatus
