"""Triggers and actions of every kind go over the wire as the server knows them; kinds it adds are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prefectkit.models import actions, triggers
from prefectkit.models.actions import (
    CallWebhook,
    ChangeFlowRunState,
    DeploymentAction,
    DoNothing,
    PauseAutomation,
    PauseWorkPool,
    PauseWorkQueue,
    RunDeployment,
    SendNotification,
)
from prefectkit.models.automations import Automation, AutomationCreate, AutomationUpdate
from prefectkit.models.states import StateType
from prefectkit.models.triggers import CompoundTrigger, EventTrigger, Posture, SequenceTrigger

ID = UUID("0198b5c4-9d2b-7f3e-8b1a-2c3d4e5f6a7b")
ACTIONS = [kind for kind in get_args(actions.ActionTypes) if hasattr(kind, "__struct_fields__")]
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
LABELS = st.dictionaries(st.sampled_from(["prefect.resource.id", "env"]), st.just("a.*") | st.just(["a", "b"]))
EVENT_NAMES = st.sets(st.sampled_from(["order.*", "order.paid", "prefect.flow-run.Failed"]))

event_triggers = st.builds(
    EventTrigger,
    match=LABELS,
    match_related=LABELS | st.lists(LABELS, max_size=2),
    after=EVENT_NAMES,
    expect=EVENT_NAMES,
    for_each=st.just({"prefect.resource.id"}),
    posture=st.sampled_from([Posture.Reactive, Posture.Proactive]),
    threshold=st.integers(1, 9),
    within=st.just(0.0) | st.timedeltas(timedelta(seconds=10), timedelta(days=90)),
)
within = st.none() | st.integers(0, 10**6).map(float) | st.timedeltas(timedelta(0), timedelta(days=90))
all_triggers = st.recursive(
    event_triggers,
    lambda inner: (
        st.builds(SequenceTrigger, triggers=st.lists(inner, min_size=1, max_size=3), within=within)
        | st.builds(
            CompoundTrigger,
            triggers=st.lists(inner, min_size=1, max_size=3),
            within=within,
            require=st.sampled_from(["any", "all", 1]),
        )
    ),
    max_leaves=4,
)


def _action(kind: Any) -> Any:
    if issubclass(kind, (SendNotification, CallWebhook)):
        return kind(block_document_id=ID, **({"body": "{{ event.id }}"} if kind is SendNotification else {}))
    if issubclass(kind, ChangeFlowRunState):
        return kind(state=StateType.FAILED, message="too late", force=True)
    if kind is RunDeployment:
        return kind(deployment_id=ID, parameters={"a": 1}, job_variables={"b": 2}, schedule_after=timedelta(hours=1.5))
    if issubclass(kind, DeploymentAction):
        return kind(deployment_id=ID)
    return kind(source="inferred") if "source" in kind.__struct_fields__ else kind()


def _response(automation: AutomationCreate) -> dict[str, Any]:
    """What the server returns for a create: the object, as its own models read and write it."""
    from prefect.server.events.schemas.automations import Automation as ServerAutomation
    from prefect.server.events.schemas.automations import AutomationCreate as ServerCreate

    taken = ServerCreate.model_validate(msgspec.json.decode(msgspec.json.encode(automation)))
    stored = ServerAutomation(id=ID, **taken.model_dump(exclude={"owner_resource"}))
    return stored.model_dump(mode="json")


def _read(response: Any) -> Automation:
    return msgspec.json.decode(msgspec.json.encode(response), type=Automation, strict=False)


def _options(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return schema.get("oneOf") or schema["anyOf"]


def _without_ids(trigger: Any) -> Any:
    inner = getattr(trigger, "triggers", None)
    changes = {} if inner is None else {"triggers": [_without_ids(each) for each in inner]}
    return msgspec.structs.replace(trigger, id=msgspec.UNSET, **changes)


def test_the_kinds_are_those_of_the_server(schemas: dict[str, Any]) -> None:
    properties = schemas["AutomationCreate"]["properties"]
    for options, known in [
        (_options(properties["actions"]["items"]), actions.ActionTypes),
        (_options(properties["trigger"]), triggers.TriggerTypes),
    ]:
        names = {option["$ref"].rpartition("/")[2].removesuffix("-Input") for option in options}
        kinds = {kind for kind in get_args(known) if hasattr(kind, "__struct_fields__")}
        # Metrics are only on Cloud.
        assert {kind.__name__ for kind in kinds} - {"MetricTrigger"} == names
        for kind in kinds - {triggers.MetricTrigger}:
            schema = schemas.get(kind.__name__) or schemas[f"{kind.__name__}-Input"]
            assert kind.__struct_config__.tag == schema["properties"]["type"]["const"]


@pytest.mark.parametrize("kind", ACTIONS, ids=lambda kind: kind.__name__)
def test_an_action_of_every_kind_goes_to_the_server_and_back(kind: Any) -> None:
    action = _action(kind)
    sent = AutomationCreate(
        name="a", trigger=EventTrigger(), actions=[action], actions_on_trigger=[action], actions_on_resolve=[action]
    )
    read = _read(_response(sent))
    assert read.actions == read.actions_on_trigger == read.actions_on_resolve == [action]
    assert type(read.actions[0]) is kind
    assert msgspec.json.decode(msgspec.json.encode(action))["type"] == action.type == kind.__struct_config__.tag


@QUICK
@given(all_triggers)
def test_triggers_of_every_kind_go_to_the_server_and_back_however_deep(trigger: Any) -> None:
    read = _read(_response(AutomationCreate(name="a", trigger=trigger, actions=[DoNothing()])))
    if isinstance(trigger, EventTrigger) and trigger.posture == Posture.Proactive and not trigger.within:
        trigger = msgspec.structs.replace(trigger, within=10.0)
    assert type(read.trigger) is type(trigger)
    if not _holds_a_raised_window(trigger):
        assert _without_ids(read.trigger) == trigger


def _holds_a_raised_window(trigger: Any) -> bool:
    # The server makes 10 seconds of the 0 of a proactive trigger.
    inner = getattr(trigger, "triggers", [])
    return any(_holds_a_raised_window(each) or (isinstance(each, EventTrigger) and not each.within) for each in inner)


def test_a_window_is_sent_as_seconds() -> None:
    for trigger in (
        EventTrigger(posture=Posture.Proactive, within=timedelta(minutes=1.5)),
        SequenceTrigger(triggers=[], within=timedelta(minutes=1.5)),
        CompoundTrigger(triggers=[], require="all", within=90.0),
    ):
        assert msgspec.json.decode(msgspec.json.encode(trigger))["within"] == trigger.within == 90.0
    assert CompoundTrigger(triggers=[], require=1).within is None


def test_what_was_read_can_be_sent_again() -> None:
    nested = CompoundTrigger(triggers=[SequenceTrigger(triggers=[EventTrigger(expect={"a"})])], require="all")
    read = _read(_response(AutomationCreate(name="a", trigger=nested, actions=[PauseWorkPool(source="inferred")])))
    update = AutomationUpdate(name=read.name, trigger=read.trigger, actions=read.actions)
    sent = msgspec.json.decode(msgspec.json.encode(update))
    assert sent["trigger"]["triggers"][0]["triggers"][0]["expect"] == ["a"]
    assert sent["trigger"]["triggers"][0]["id"] == str(read.trigger.triggers[0].id)
    assert sent["actions"] == [{"type": "pause-work-pool", "source": "inferred", "work_pool_id": None}]


def test_kinds_of_a_newer_server_stay_json_at_every_depth() -> None:
    unknown = {"type": "from-tomorrow", "a": [1]}
    known = {"type": "event", "posture": "Expectant", "within": 5, "field_of_tomorrow": 1}
    read = _read(
        {
            "id": str(ID),
            "name": "a",
            "trigger": {
                "type": "compound",
                "require": 2,
                "triggers": [unknown, known, {"type": "sequence", "triggers": [unknown, {}]}],
            },
            "actions": [unknown, {"type": "do-nothing"}, {"no": "type"}],
            "actions_on_resolve": [unknown],
        }
    )
    trigger = read.trigger
    assert isinstance(trigger, CompoundTrigger) and trigger.type == "compound"
    first, second, third = trigger.triggers
    assert first == unknown
    assert isinstance(second, EventTrigger) and second.posture == "Expectant" and second.within == 5
    assert isinstance(third, SequenceTrigger) and third.triggers == [unknown, {}]
    assert read.actions == [unknown, DoNothing(), {"no": "type"}]
    assert read.actions_on_resolve == [unknown] and read.actions_on_trigger == []
    assert msgspec.json.decode(msgspec.json.encode(read))["trigger"]["triggers"][0] == unknown
    assert _read({"id": str(ID), "name": "a", "trigger": unknown}).trigger == unknown


def test_a_trigger_may_be_given_as_json() -> None:
    trigger = SequenceTrigger(triggers=[{"type": "event", "threshold": 3}])
    assert trigger.triggers == [EventTrigger(threshold=3)]


def test_a_known_kind_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError, match="threshold"):
        _read({"id": str(ID), "name": "a", "trigger": {"type": "event", "threshold": "many"}, "actions": []})


def test_actions_on_what_the_event_is_about_need_no_id() -> None:
    for action in (PauseAutomation(source="inferred"), PauseWorkQueue(source="inferred")):
        assert "selected" not in msgspec.json.encode(action).decode()
