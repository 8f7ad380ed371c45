"""Whatever a request can hold, the server's own models take as it was meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from msgspec import UNSET

from prefectkit.core.errors import InvalidParameterError
from prefectkit.models import (
    DeploymentFlowRunCreate,
    FlowRunCreate,
    FlowRunHistoryQuery,
    ScheduleDeployment,
    TaskRunHistoryQuery,
)
from prefectkit.models.common import with_idempotency_key
from tests.models.strategies import built
from tests.models.test_models_core import ON_CLOUD, REQUESTS, STRUCTS, schemas_of

SENT_AND_READ = ("StateDetails", "FlowRunPolicy", "TaskRunPolicy", "ConcurrencyOptions")
SCHEDULES = ("IntervalSchedule", "CronSchedule", "RRuleSchedule")
# A failure names its request as it is: making it smaller takes minutes with schemas of this size.
QUICK = settings(
    max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


def _server_model(name: str) -> Any:
    from prefect.server.schemas import actions, core, filters, schedules, states  # after the environment is set

    return next((getattr(m, name) for m in (actions, filters, core, states, schedules) if hasattr(m, name)), None)


def _sent(body: msgspec.Struct) -> dict[str, Any]:
    value = msgspec.json.decode(msgspec.json.encode(body), type=dict[str, Any])
    for field in ON_CLOUD.get(type(body).__name__, ()):
        value.pop(field, None)
    return value


@pytest.mark.parametrize("full", [False, True], ids=["some", "all"])
@pytest.mark.parametrize("name", [*REQUESTS, *SENT_AND_READ, *SCHEDULES])
def test_the_server_takes_a_request(name: str, full: bool, schemas: dict[str, Any]) -> None:
    server_model = _server_model(name)
    schema = {"components": {"schemas": schemas}, "$ref": f"#/components/schemas/{schemas_of(name)[0]}"}
    check = jsonschema.Draft202012Validator(schema)

    @QUICK
    @given(built(STRUCTS[name], full=full))
    def taken(body: msgspec.Struct) -> None:
        sent = _sent(body)
        check.validate(sent)
        if server_model is None:
            return
        read = server_model.model_validate_json(msgspec.json.encode(sent))
        assert read.model_fields_set >= sent.keys()

    taken()


@pytest.mark.parametrize("name", [name for name in REQUESTS if "Filter" in name])
def test_the_server_reads_a_filter_as_it_was_written(name: str) -> None:
    server_model = _server_model(name)
    assert server_model is not None

    @QUICK
    @given(built(STRUCTS[name]))
    def read(body: msgspec.Struct) -> None:
        sent = _sent(body)
        got = server_model.model_validate(sent, extra="forbid").model_dump(mode="json", exclude_unset=True)
        assert _moments(got) == _moments(sent)

    read()


def _moments(value: Any) -> Any:
    """The same with every moment read, for each side spells it in its own way."""
    if isinstance(value, dict):
        return {key: _moments(each) for key, each in value.items()}
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value


@pytest.mark.parametrize("run", [FlowRunCreate(flow_id="id", name="a"), DeploymentFlowRunCreate(name="a")])
def test_a_flow_run_gets_a_fresh_key_each_time_that_it_is_sent(run: Any) -> None:
    one, other = with_idempotency_key(run), with_idempotency_key(run)
    assert (one.name, other.name, run.idempotency_key) == ("a", "a", UNSET)
    assert len(_sent(one)["idempotency_key"]) == 36
    assert one.idempotency_key != other.idempotency_key


def test_a_key_of_the_caller_is_kept_and_none_means_a_fresh_one() -> None:
    assert with_idempotency_key(FlowRunCreate(flow_id="id", idempotency_key="mine")).idempotency_key == "mine"
    assert len(_sent(with_idempotency_key(FlowRunCreate(flow_id="id", idempotency_key=None)))["idempotency_key"]) == 36


def test_only_a_run_gets_a_key() -> None:
    wrong: Any = {"name": "a"}
    with pytest.raises(InvalidParameterError, match="a run to create is a FlowRunCreate"):
        with_idempotency_key(wrong)


def test_durations_of_numeric_fields_are_sent_as_seconds() -> None:
    assert _sent(ScheduleDeployment(min_time=timedelta(minutes=1, milliseconds=500))) == {"min_time": 60.5}
    assert _sent(ScheduleDeployment(min_time=7)) == {"min_time": 7}
    for query in (FlowRunHistoryQuery, TaskRunHistoryQuery):
        day = datetime(2026, 1, 1, tzinfo=UTC)
        body = query(history_start=day, history_end=day, history_interval_seconds=timedelta(hours=1))
        assert _sent(body)["history_interval_seconds"] == 3600
