"""Schedules and the other unions that JSON does not tag: the right Struct is read, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prefectkit.models import (
    Constant,
    CronSchedule,
    DeploymentCreate,
    DeploymentSchedule,
    DeploymentScheduleCreate,
    DeploymentScheduleUpdate,
    FlowRunOrchestrationResult,
    FlowRunResult,
    IntervalSchedule,
    OrchestrationResult,
    Parameter,
    RRuleSchedule,
    StateAbortDetails,
    StateAcceptDetails,
    StateRejectDetails,
    StateWaitDetails,
    TaskRun,
    TaskRunResult,
)
from tests.models.strategies import built

ID = "0198b5c4-9d2b-7f3e-8b1a-2c3d4e5f6a7b"
ANCHOR = "2020-01-01T00:00:00+01:00"
SENT_BY_THE_SERVER = [
    ({"interval": 3600.0, "anchor_date": ANCHOR, "timezone": "Europe/Berlin"}, IntervalSchedule),
    ({"cron": "0 9 * * *", "timezone": None, "day_or": False}, CronSchedule),
    ({"rrule": "FREQ=DAILY", "timezone": None}, RRuleSchedule),
    ({"rrule": "FREQ=DAILY", "timezone": "UTC"}, RRuleSchedule),
]
SCHEDULES = st.one_of(built(IntervalSchedule), built(CronSchedule), built(RRuleSchedule))


def _read(schedule: Any) -> Any:
    body = msgspec.json.encode({"id": ID, "schedule": schedule})
    return msgspec.json.decode(body, type=DeploymentSchedule, strict=False)


@pytest.mark.parametrize(("sent", "kind"), SENT_BY_THE_SERVER)
def test_a_schedule_is_read_as_its_kind_with_every_field(sent: dict[str, Any], kind: type) -> None:
    read = _read(sent)
    assert type(read.schedule) is kind
    again = msgspec.json.decode(msgspec.json.encode(read.schedule), type=dict[str, Any])
    assert again.keys() == sent.keys()
    assert {key: again[key] for key in again if key != "interval"} == {k: v for k, v in sent.items() if k != "interval"}
    assert _read(again).schedule == read.schedule


def test_an_interval_is_read_from_seconds_and_from_iso_8601() -> None:
    assert _read({"interval": 90.5}).schedule == IntervalSchedule(interval=timedelta(seconds=90.5))
    assert _read({"interval": "PT1M30.5S"}).schedule == IntervalSchedule(interval=timedelta(seconds=90.5))


def test_a_schedule_of_a_kind_from_tomorrow_stays_json() -> None:
    sent = {"sunrise": True, "place": {"lat": 1}}
    read = _read(sent)
    assert read.schedule == sent
    assert msgspec.json.decode(msgspec.json.encode(read))["schedule"] == sent


def test_a_schedule_that_is_broken_is_an_error_with_its_place() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"interval"):
        _read({"interval": "often"})


@settings(max_examples=60, deadline=None)
@given(SCHEDULES)
def test_a_schedule_is_read_as_it_was_written(schedule: Any) -> None:
    assert _read(schedule).schedule == schedule


@settings(max_examples=60, deadline=None)
@given(SCHEDULES)
def test_the_server_reads_a_schedule_as_it_was_meant(schedule: Any) -> None:
    from prefect.server.schemas import actions  # after the environment is set

    for body, model in (
        (DeploymentScheduleCreate(schedule=schedule), actions.DeploymentScheduleCreate),
        (DeploymentScheduleUpdate(schedule=schedule), actions.DeploymentScheduleUpdate),
    ):
        read = model.model_validate_json(msgspec.json.encode(body)).schedule
        assert type(read).__name__ == type(schedule).__name__
        if isinstance(schedule, IntervalSchedule):
            assert read.interval == schedule.interval
            if isinstance(schedule.anchor_date, datetime):
                assert read.anchor_date == schedule.anchor_date


def test_a_schedule_of_a_deployment_can_be_sent_back() -> None:
    read = _read({"interval": 60.0, "anchor_date": ANCHOR, "timezone": None})
    body = DeploymentCreate(name="d", flow_id=ID, schedules=[DeploymentScheduleCreate(schedule=read.schedule)])
    sent = msgspec.json.decode(msgspec.json.encode(body))
    assert sent["schedules"] == [{"schedule": {"interval": "PT60S", "anchor_date": ANCHOR, "timezone": None}}]


def test_an_anchor_without_an_offset_is_sent_without_one() -> None:
    sent = msgspec.json.encode(IntervalSchedule(interval=timedelta(days=1), anchor_date=datetime(2026, 1, 2)))
    assert b'"2026-01-02T00:00:00"' in sent
    aware = msgspec.json.encode(IntervalSchedule(interval=timedelta(1), anchor_date=datetime(2026, 1, 2, tzinfo=UTC)))
    assert b'"2026-01-02T00:00:00Z"' in aware


@pytest.mark.parametrize("struct", [OrchestrationResult, FlowRunOrchestrationResult])
@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"type": "accept_details"}, StateAcceptDetails()),
        ({"type": "reject_details", "reason": "no"}, StateRejectDetails(reason="no")),
        ({"type": "abort_details", "reason": None}, StateAbortDetails()),
        (
            {"type": "wait_details", "delay_seconds": 3, "reason": "busy"},
            StateWaitDetails(delay_seconds=3, reason="busy"),
        ),
        ({"type": "ponder_details", "until": "noon"}, {"type": "ponder_details", "until": "noon"}),
        (None, None),
    ],
)
def test_the_details_of_a_state_that_was_set(struct: Any, details: Any, expected: Any) -> None:
    sent = {"flow_run_id": ID, "status": "WAIT", "state": None, "details": details}
    read = msgspec.json.decode(msgspec.json.encode(sent), type=struct, strict=False)
    assert read.details == expected and type(read.details) is type(expected)
    assert msgspec.json.decode(msgspec.json.encode(read))["details"] == details


def test_the_inputs_of_a_task_run() -> None:
    inputs = {
        "a": [{"input_type": "task_run", "id": ID}, {"input_type": "flow_run", "id": ID}],
        "b": [{"input_type": "parameter", "name": "x"}, {"input_type": "constant", "type": "int"}],
        "c": [{"input_type": "asset", "url": "s3://x"}],
        "d": [],
    }
    sent = {"id": ID, "name": "t", "task_key": "t", "dynamic_key": "0", "task_inputs": inputs}
    read = msgspec.json.decode(msgspec.json.encode(sent), type=TaskRun, strict=False)
    assert read.task_inputs == {
        "a": [TaskRunResult(id=UUID(ID)), FlowRunResult(id=UUID(ID))],
        "b": [Parameter(name="x"), Constant(type="int")],
        "c": [{"input_type": "asset", "url": "s3://x"}],
        "d": [],
    }
    assert msgspec.json.decode(msgspec.json.encode(read))["task_inputs"] == inputs
