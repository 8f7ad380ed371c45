"""Schedules, triggers, actions and other objects of this package, given to Prefect's own functions and models."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from prefectkit import models
from prefectkit.models import (
    CancelFlowRun,
    ChangeFlowRunState,
    CompoundTrigger,
    ConcurrencyLimitConfig,
    CronSchedule,
    DeploymentScheduleCreate,
    EventTrigger,
    FlowRun,
    IntervalSchedule,
    MetricTrigger,
    MetricTriggerOperator,
    MetricTriggerQuery,
    Posture,
    PrefectMetric,
    RRuleSchedule,
    RunDeployment,
    SequenceTrigger,
    State,
    StateType,
)

ID = UUID(int=7)
CRON = CronSchedule(cron="0 9 * * 1-5", timezone="Europe/Berlin")
INTERVAL = IntervalSchedule(interval=timedelta(hours=1), anchor_date=datetime(2026, 1, 1, tzinfo=UTC))
RRULE = RRuleSchedule(rrule="DTSTART:20260101T000000\nFREQ=DAILY")
EVENT = EventTrigger(expect={"a.*"}, match={"prefect.resource.id": "b"}, posture=Posture.Proactive, within=60)
METRIC = MetricTrigger(
    metric=MetricTriggerQuery(name=PrefectMetric.lateness, threshold=5, operator=MetricTriggerOperator.GT)
)
TRIGGERS = [
    EVENT,
    METRIC,
    CompoundTrigger(triggers=[EVENT, METRIC], require="any", within=timedelta(minutes=1)),
    SequenceTrigger(triggers=[EVENT, CompoundTrigger(triggers=[EVENT], require=1)]),
]
ACTIONS = [
    CancelFlowRun(),
    ChangeFlowRunState(state=StateType.FAILED, message="late"),
    RunDeployment(deployment_id=ID, parameters={"a": [1]}, schedule_after=timedelta(hours=1)),
]


def deployment(**options: Any) -> Any:
    """What `to_deployment` of a flow of Prefect's makes of the options."""
    from prefect import flow

    return flow(lambda: None, name="bridged").to_deployment("bridged", **options)


def assert_official(value: Any, ours: Any) -> None:
    """It is of Prefect's own class of the same name, and holds what ours holds."""
    assert type(value).__module__.startswith("prefect.") and type(value).__name__ == type(ours).__name__
    given = ours.model_dump(mode="json", exclude_unset=True)
    held = type(ours).model_validate(value.model_dump(mode="json"))
    assert {name: held.model_dump(mode="json")[name] for name in given} == given


@pytest.mark.parametrize("schedule", [CRON, INTERVAL, RRULE], ids=["cron", "interval", "rrule"])
def test_a_schedule_is_given_to_a_deployment(schedule: Any) -> None:
    created = DeploymentScheduleCreate(schedule=schedule, active=False, slug="ours")
    for made in (deployment(schedule=schedule), deployment(schedules=[schedule, schedule])):
        for each in made.schedules:
            assert_official(each.schedule, schedule)
    (each,) = deployment(schedules=[created]).schedules
    assert_official(each.schedule, schedule)
    assert (type(each).__module__, each.active, each.slug) == ("prefect.client.schemas.actions", False, "ours")


def test_a_concurrency_limit_is_given_to_a_deployment() -> None:
    made = deployment(concurrency_limit=ConcurrencyLimitConfig(limit=2))
    assert (made.concurrency_limit, made.concurrency_options.collision_strategy.value) == (2, "ENQUEUE")


def test_a_trigger_is_given_to_a_deployment() -> None:
    (made,) = deployment(triggers=[EVENT]).triggers
    assert (made.expect, made.within) == ({"a.*"}, timedelta(minutes=1))


@pytest.mark.parametrize("trigger", TRIGGERS, ids=["event", "metric", "compound", "sequence"])
def test_triggers_and_actions_are_given_to_an_automation(trigger: Any) -> None:
    from prefect.automations import Automation

    made = Automation(name="a", trigger=trigger, actions=ACTIONS, actions_on_resolve=ACTIONS[:1])
    assert_official(made.trigger, trigger)
    for theirs, ours in zip(made.actions + made.actions_on_resolve, ACTIONS + ACTIONS[:1], strict=True):
        assert_official(theirs, ours)


def test_a_state_is_given_to_a_model_of_prefect() -> None:
    from prefect.client.schemas.objects import FlowRun as Official

    state = State(type=StateType.FAILED, message="no", data={"rows": 1})
    run = Official(flow_id=ID, state=state)
    assert type(run.state).__module__ == "prefect.client.schemas.objects"
    assert (run.state.id, run.state.name, run.state.data) == (state.id, "Failed", {"rows": 1})
    assert run.model_dump(mode="json")["state"]["message"] == "no"


OFFICIAL = [
    (CRON, "prefect.client.schemas.schedules", "CronSchedule"),
    (EVENT, "prefect.events.schemas.automations", "EventTrigger"),
    (ACTIONS[0], "prefect.events.actions", "CancelFlowRun"),
    (FlowRun(flow_id=ID), "prefect.client.schemas.objects", "FlowRun"),
    (State(type=StateType.FAILED), "prefect.client.schemas.objects", "State"),
    (models.Failed(), "prefect.client.schemas.objects", "State"),
    (models.WorkPool(name="a", type="process"), "prefect.client.schemas.objects", "WorkPool"),
    (models.Deployment(name="a", flow_id=ID), "prefect.client.schemas.responses", "DeploymentResponse"),
    (models.filters.FlowRunFilter(), "prefect.client.schemas.filters", "FlowRunFilter"),
]


@pytest.mark.parametrize(("ours", "module", "name"), OFFICIAL, ids=[type(ours).__name__ for ours, _, _ in OFFICIAL])
def test_isinstance_is_true_for_the_official_class_of_the_same_name(ours: Any, module: str, name: str) -> None:
    from prefect.client.schemas.objects import Artifact

    assert isinstance(ours, getattr(import_module(module), name))
    assert isinstance(ours, type(ours)) and not isinstance(ours, Artifact)
    for same in (copy.copy(ours), copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        assert same == ours and type(same) is type(ours)


def test_an_official_object_can_be_compared_with_one_of_ours() -> None:
    from prefect.client.schemas.objects import FlowRun as Official

    ours, theirs = FlowRun(flow_id=ID), Official(flow_id=ID)
    assert theirs != ours and ours != theirs


def test_an_object_that_does_not_fit_is_refused_at_the_place() -> None:
    from prefect.automations import Automation

    # A mapping without a type would be a trigger with all its defaults.
    with pytest.raises(TypeError, match="a CronSchedule is given to Prefect in place of an object with a type"):
        Automation(name="a", trigger=CRON, actions=[])
    with pytest.raises(TypeError, match="a CronSchedule is given to Prefect"):
        Automation(name="a", trigger=EVENT, actions=[CRON])
    with pytest.raises(ValueError, match="trigger"):
        Automation(name="a", trigger=ACTIONS[0], actions=[])
    with pytest.raises(ValueError, match="schedule"):
        deployment(schedule=EVENT)


def test_without_prefect_an_object_is_of_its_own_class() -> None:
    code = (
        "import sys\n"
        "from prefectkit.models import Failed, StateCreate\n"
        "assert Failed().__class__ is StateCreate and not isinstance(Failed(), dict)\n"
        "assert not any(name.partition('.')[0] in ('prefect', 'pydantic') for name in sys.modules)\n"
        "assert 'prefectkit.compat' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(models.__file__).parents[2])
