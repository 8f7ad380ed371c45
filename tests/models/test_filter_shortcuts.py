"""Filter shortcuts of selections."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from msgspec import structs

from prefectkit import models
from prefectkit.errors import InvalidParameterError
from prefectkit.models import (
    DeploymentQuery,
    FlowQuery,
    FlowRunPageQuery,
    FlowRunQuery,
    LogQuery,
    StateType,
    TaskRunSelection,
)
from prefectkit.models.base import Query
from prefectkit.models.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateType,
    Operator,
)
from prefectkit.models.states import STATE_NAMES

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ID = UUID(int=7)

STATES = {"task_runs": {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}}}


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
        (TaskRunSelection(flow_run_id=[ID, str(ID)]), {"task_runs": {"flow_run_id": {"any_": [str(ID)] * 2}}}),
        (FlowQuery(name=["a", "b"]), {"flows": {"name": {"any_": ["a", "b"]}}}),
        (DeploymentQuery(paused=False), {"deployments": {"paused": {"eq_": False}}}),
        (LogQuery(level=40), {"logs": {"level": {"ge_": 40}}}),
        # A type in any case, and several of them from what can be read once.
        (FlowRunQuery(state="failed"), {"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}}}),
        (TaskRunSelection(state=iter(["Failed", "cRaShEd"])), STATES),  # type: ignore[arg-type] -- more than the type says
        (FlowRunQuery(state="ROLLED"), {"flow_runs": {"state": {"type": {"any_": ["ROLLED"]}}}}),
        (FlowRunQuery(state="Waiting for Bob"), {"flow_runs": {"state": {"name": {"any_": ["Waiting for Bob"]}}}}),
        (FlowRunQuery(state=StateType.PAUSED), {"flow_runs": {"state": {"type": {"any_": ["PAUSED"]}}}}),
        # An empty list matches nothing.
        (FlowRunQuery(state=[]), {"flow_runs": {"state": {"type": {"any_": []}}}}),
        (FlowRunQuery(name=[]), {"flow_runs": {"name": {"any_": []}}}),
        (FlowRunQuery(deployment_id=()), {"flow_runs": {"deployment_id": {"any_": []}}}),
        (LogQuery(flow_run_id=[]), {"logs": {"flow_run_id": {"any_": []}}}),
    ],
)
def test_a_shortcut_becomes_a_criterion(query: msgspec.Struct, body: Any) -> None:
    assert sent(query) == body


def test_shortcuts_are_added_to_a_given_filter() -> None:
    query = FlowRunQuery(state="FAILED", flow_runs=FlowRunFilter(name=FlowRunFilterName(like_="etl")))
    assert sent(query) == {"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}, "name": {"like_": "etl"}}}


def test_a_filter_that_is_given_is_not_changed() -> None:
    given = FlowRunFilter(name=FlowRunFilterName(like_="etl"))
    FlowRunQuery(state="FAILED", flow_runs=given)
    assert given == FlowRunFilter(name=FlowRunFilterName(like_="etl"))


def test_a_criterion_given_twice_is_refused() -> None:
    given = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=["FAILED"])))
    with pytest.raises(InvalidParameterError, match="state"):
        FlowRunQuery(state="FAILED", flow_runs=given)


def test_shortcuts_are_refused_beside_a_filter_with_or() -> None:
    with pytest.raises(InvalidParameterError, match="or_"):
        FlowRunQuery(state="FAILED", flow_runs=FlowRunFilter(operator=Operator.or_))


def test_a_duration_counts_back_from_now() -> None:
    before = datetime.now(UTC)
    moment = datetime.fromisoformat(sent(LogQuery(since=timedelta(hours=1)))["logs"]["timestamp"]["after_"])
    assert before <= moment + timedelta(hours=1) <= datetime.now(UTC)


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="time zone"):
        FlowRunQuery(since=datetime(2026, 1, 1))


def test_a_misspelt_shortcut_is_an_error() -> None:
    with pytest.raises(TypeError, match="stat"):
        FlowRunQuery(stat="FAILED")  # type: ignore[call-arg] -- what is tested


NAMED = [getattr(models, name) for name in models.__all__]
QUERIES = [value for value in NAMED if isinstance(value, type) and issubclass(value, Query)]


@pytest.mark.parametrize("query", [query for query in QUERIES if query is not Query], ids=lambda query: query.__name__)
def test_none_is_not_given(query: type[Query]) -> None:
    optional = [field.name for field in structs.fields(query) if not field.required]
    required = {field.name: "x" for field in structs.fields(query) if field.required}
    assert sent(query(**dict.fromkeys(optional), **required)) == sent(query(**required))


def test_there_are_queries() -> None:
    assert len(QUERIES) > 30


@pytest.mark.parametrize("tags", [[], (), set[str]()])
def test_an_empty_list_of_tags_is_refused(tags: Any) -> None:
    with pytest.raises(InvalidParameterError, match="tags is empty, which matches every object"):
        FlowRunQuery(tags=tags)


@pytest.mark.parametrize(
    ("state", "meant"),
    [
        ("Canceled", "CANCELLED"),
        ("FAILD", "FAILED"),
        ("Complete", "COMPLETED"),
        ("late", "Late"),
        ("LATE", "Late"),
        ("Awaiting Retry", "AwaitingRetry"),
        ("awaiting_concurrency_slot", "AwaitingConcurrencySlot"),
        ("Suspend", "Suspended"),
    ],
)
def test_a_misspelt_state_is_refused_with_the_nearest(state: str, meant: str) -> None:
    with pytest.raises(InvalidParameterError, match=f"Did you mean {meant!r}.*FlowRunFilterStateName"):
        FlowRunQuery(state=["FAILED", state])


def test_every_name_of_a_state_is_known() -> None:
    for name in STATE_NAMES:
        assert sent(FlowRunQuery(state=name)) == {"flow_runs": {"state": {"name": {"any_": [name]}}}}


@pytest.mark.parametrize(
    (("shortcuts", "reason")),
    [
        ({"since": timedelta(hours=1), "until": timedelta(hours=2)}, "since is later than until, so nothing lies"),
        ({"since": NOON, "until": NOON - timedelta(seconds=1)}, "since is later than until"),
        ({"since": 3600}, "since must be a datetime with an offset, got 3600"),
        ({"since": NOON.date()}, "since must be a datetime"),
        ({"since": "yesterday"}, "since must be a datetime with an offset, got 'yesterday'"),
        ({"since": "2026-01-01T12:00"}, "since has no time zone"),
        ({"since": -timedelta(hours=1)}, "since counts back from now, got -1 day, 23:00:00"),
        ({"until": -timedelta(seconds=1)}, "until counts back from now"),
        ({"since": timedelta.max}, "before the year 1"),
        ({"name": 5}, "name takes text, got 5"),
        ({"name": b"etl"}, "name takes text, got b'etl'"),
        ({"name": ["a", None]}, "name takes text, got None"),
        ({"tags": {"a": 1}}, "tags takes text"),
        ({"state": [None]}, "state takes text, got None"),
        ({"deployment_id": 5}, "deployment_id must be a UUID, got 5"),
        ({"limit": -1}, "limit must be an integer of at least 0, got -1"),
        ({"limit": 2.5}, "limit must be an integer"),
        ({"limit": "10"}, "limit must be an integer"),
        ({"limit": True}, "limit must be an integer"),
        ({"offset": -1}, "offset must be an integer of at least 0"),
    ],
    ids=repr,
)
def test_an_invalid_value_is_refused(shortcuts: Any, reason: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        FlowRunQuery(**shortcuts)
    assert reason in str(caught.value)


def test_the_first_page_is_page_1() -> None:
    with pytest.raises(InvalidParameterError, match="page must be an integer of at least 1, got 0"):
        FlowRunPageQuery(page=0)


def test_a_text_with_its_offset_is_a_moment() -> None:
    assert sent(FlowRunQuery(since="2026-01-01T12:00:00Z")) == sent(FlowRunQuery(since=NOON))  # type: ignore[arg-type] -- more than the type says


def test_shortcuts_are_added_to_filters_of_other_libraries() -> None:
    from prefect.client.schemas import filters

    narrowed = {"state": {"type": {"any_": ["FAILED"]}}, "name": {"like_": "etl"}}
    theirs = filters.FlowRunFilter(name=filters.FlowRunFilterName(like_="etl"))
    for given in ({"name": {"like_": "etl"}}, theirs):
        query = FlowRunQuery(state="FAILED", flow_runs=given)  # type: ignore[arg-type] -- more than the type says
        body = sent(query)["flow_runs"]
        assert {name: _given(value) for name, value in body.items() if _given(value)} == {**narrowed, **_operator(body)}


def _given(value: Any) -> Any:
    return {name: item for name, item in value.items() if item is not None} if isinstance(value, dict) else value


def _operator(body: Any) -> Any:
    return {"operator": body["operator"]} if "operator" in body else {}


def test_a_type_of_state_is_known_in_any_case() -> None:
    assert StateType("failed") is StateType.FAILED
    assert StateType("Failed ").value == "Failed "
