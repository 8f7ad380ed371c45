"""The everyday words of selections."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from prefectkit.errors import InvalidParameterError
from prefectkit.models import DeploymentQuery, FlowQuery, FlowRunQuery, LogQuery, TaskRunSelection
from prefectkit.models.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateType,
    Operator,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def sent(query: msgspec.Struct) -> Any:
    return msgspec.json.decode(msgspec.json.encode(query))


@pytest.mark.parametrize(
    ("query", "body"),
    [
        (FlowRunQuery(), {}),
        (FlowRunQuery(state="FAILED"), {"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}}}),
        (FlowRunQuery(state=["Late"]), {"flow_runs": {"state": {"name": {"any_": ["Late"]}}}}),
        (
            FlowRunQuery(state=["CRASHED", "Late"]),
            {"flow_runs": {"state": {"operator": "or_", "type": {"any_": ["CRASHED"]}, "name": {"any_": ["Late"]}}}},
        ),
        (FlowRunQuery(name="a", limit=3), {"flow_runs": {"name": {"any_": ["a"]}}, "limit": 3}),
        (FlowRunQuery(tags="etl"), {"flow_runs": {"tags": {"all_": ["etl"]}}}),
        (FlowRunQuery(since=NOON), {"flow_runs": {"expected_start_time": {"after_": "2026-01-01T12:00:00Z"}}}),
        (FlowRunQuery(until=NOON), {"flow_runs": {"expected_start_time": {"before_": "2026-01-01T12:00:00Z"}}}),
        (TaskRunSelection(flow_run_id="x"), {"task_runs": {"flow_run_id": {"any_": ["x"]}}}),
        (FlowQuery(name=["a", "b"]), {"flows": {"name": {"any_": ["a", "b"]}}}),
        (DeploymentQuery(paused=False), {"deployments": {"paused": {"eq_": False}}}),
        (LogQuery(level=40), {"logs": {"level": {"ge_": 40}}}),
    ],
)
def test_a_word_becomes_a_criterion(query: msgspec.Struct, body: Any) -> None:
    assert sent(query) == body


def test_words_narrow_the_filter_that_is_given_beside_them() -> None:
    query = FlowRunQuery(state="FAILED", flow_runs=FlowRunFilter(name=FlowRunFilterName(like_="etl")))
    assert sent(query) == {"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}, "name": {"like_": "etl"}}}


def test_a_filter_that_is_given_is_not_changed() -> None:
    given = FlowRunFilter(name=FlowRunFilterName(like_="etl"))
    FlowRunQuery(state="FAILED", flow_runs=given)
    assert given == FlowRunFilter(name=FlowRunFilterName(like_="etl"))


def test_what_is_said_twice_is_refused() -> None:
    given = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=["FAILED"])))
    with pytest.raises(InvalidParameterError, match="state"):
        FlowRunQuery(state="FAILED", flow_runs=given)


def test_words_cannot_join_alternatives() -> None:
    with pytest.raises(InvalidParameterError, match="or_"):
        FlowRunQuery(state="FAILED", flow_runs=FlowRunFilter(operator=Operator.or_))


def test_a_duration_counts_back_from_now() -> None:
    before = datetime.now(UTC)
    moment = datetime.fromisoformat(sent(LogQuery(since=timedelta(hours=1)))["logs"]["timestamp"]["after_"])
    assert before <= moment + timedelta(hours=1) <= datetime.now(UTC)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="time zone"):
        FlowRunQuery(since=datetime(2026, 1, 1))


def test_a_misspelt_word_is_an_error() -> None:
    with pytest.raises(TypeError, match="stat"):
        FlowRunQuery(stat="FAILED")  # type: ignore[call-arg] -- what is tested
