"""The types that a type checker infers for a blocking client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_type
from uuid import UUID

from prefectkit import Operation, Outcome, Prefect, RetrySafety, operations
from prefectkit.core.endpoint import Sync
from prefectkit.models import FlowRunCreate, Running
from prefectkit.models.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType, FlowRunSort
from prefectkit.models.flow_runs import FlowRun
from prefectkit.models.flows import Flow, FlowPaginationResponse
from prefectkit.models.orchestration import OrchestrationResult
from prefectkit.models.states import StateType
from prefectkit.plugins import Response
from prefectkit.resources.flows import Flows


def calls(client: Prefect, flow_id: UUID) -> None:
    assert_type(client.health(), bool)
    assert_type(client.version(), str)
    assert_type(client.flows, Flows[Sync])
    assert_type(client.flows.create(name="a", tags=["x"]), Flow)
    assert_type(client.flows.read(flow_id), Flow)
    assert_type(client.flows.read(flow_id="1"), Flow)
    assert_type(client.flows.read_by_name("a"), Flow)
    assert_type(client.flows.list(limit=1), list[Flow])
    assert_type(client.flows.iterate(limit=1), Iterator[Flow])
    assert_type(client.flows.paginate(page=1), FlowPaginationResponse)
    assert_type(client.flows.count(), int)
    assert_type([flow.name for flow in client.flows.iterate()], list[str])
    assert_type(client.flow_runs.read(flow_id), FlowRun)
    assert_type(client.request("GET", "/new", retry_safety=RetrySafety.READ), Response)
    assert_type(client.flow_runs.list(sort="NAME_ASC", state="FAILED"), list[FlowRun])
    assert_type(client.flow_runs.list(sort=FlowRunSort.NAME_ASC, state=[StateType.FAILED, "Late"]), list[FlowRun])
    assert_type(client.task_runs.count(state=["FAILED", "CRASHED"], tags="x"), int)
    failed = FlowRunFilterState(type=FlowRunFilterStateType(any_=["FAILED", StateType.CRASHED]))
    assert_type(client.flow_runs.count(flow_runs=FlowRunFilter(operator="or_", state=failed)), int)
    client.flows.update(flow_id, tags=["y"])
    client.flows.delete(flow_id)


def options(client: Prefect, flow_id: UUID) -> None:
    with client.with_options(timeout=1.0, headers={"x": "y"}) as other:
        assert_type(other, Prefect)
        assert_type(other.flows.read(flow_id), Flow)
    assert_type(client.plugins.names, list[str])
    assert_type(client.api_url, str)
    client.close()


def bulk(client: Prefect, ids: list[UUID]) -> None:
    assert_type(client.bulk(client.flow_runs.read, ids).results(), list[FlowRun])
    assert_type([outcome.item for outcome in client.bulk(client.flow_runs.read, ids)], list[UUID])
    for outcome in client.bulk(lambda run_id: client.flow_runs.update(run_id, tags=["x"]), ids, progress=print):
        assert_type(outcome, Outcome[UUID, None])
        assert_type(outcome.error, Exception | None)
    rows = [{"flow_id": ids[0], "name": "a"}]
    assert_type(client.bulk(client.flow_runs.create, rows, in_flight=4).results(), list[FlowRun])
    structs = (FlowRunCreate(flow_id=flow_id) for flow_id in ids)
    made = client.bulk(client.flow_runs.create, structs)
    assert_type(next(made).item, FlowRunCreate)
    made.close()
    states = [(run_id, Running()) for run_id in ids]
    assert_type(client.bulk(client.flow_runs.set_state, states).results(), list[OrchestrationResult])


def generic(flows: Flows[Sync]) -> Flow:
    return flows.read_by_name("a")


def listing() -> None:
    assert_type(operations(), dict[str, Operation])
    body: Any = Prefect().request("GET", "/x").json()
    print(body)
