"""What people pass: plain dicts, and functions that are decorated as flows and tasks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pydantic
import pytest
from prefect.client.schemas import actions

from prefectkit.compat import SyncPrefectClient
from prefectkit.compat.arguments import fields_for, to_fields, to_set, to_state
from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.serialization.codec import encode
from prefectkit.models.deployments import DeploymentUpdate
from prefectkit.models.filters import FlowRunFilter, FlowRunFilterStateName
from prefectkit.models.state_constructors import Completed
from prefectkit.models.states import State, StateCreate, StateDetails, StateType
from tests.real_server import RealServer


def test_dicts_are_taken_for_models(server: RealServer) -> None:
    with SyncPrefectClient(server.url) as client:
        flow_id = client.create_flow_from_name(f"flow-{uuid4().hex}")
        made = client.create_deployment(flow_id, "d", schedules=[{"schedule": {"cron": "0 9 * * *"}, "active": False}])
        client.update_deployment(made, {"version": "2", "version_info": {"type": "t", "version": "2"}, "name": "x"})
        assert client.read_deployment(made).version == "2"
        assert client.read_deployments(deployment_filter={"id": {"any_": [str(made)]}})[0].id == made
        run = client.create_flow_run_from_deployment(made, state={"type": "PENDING"})
        result = client.set_flow_run_state(run.id, {"type": "COMPLETED", "data": {"kept": 1}, "message": "m"})
        assert result.state is not None
        assert (result.state.data, result.state.message) == ({"kept": 1}, "m")


def test_decorated_functions_are_flows_and_tasks(server: RealServer) -> None:
    from prefect import flow, task

    @flow(name=f"flow-{uuid4().hex}", version="7", retries=2, retry_delay_seconds=1.9)
    def pipeline() -> None: ...

    @task(name="t", tags=["a"], retries=1, retry_delay_seconds=[1, 2.5], retry_jitter_factor=0.1)
    def step() -> None: ...

    with SyncPrefectClient(server.url) as client:
        assert client.read_flow(client.create_flow(pipeline)).name == pipeline.name
        run = client.create_flow_run(pipeline)
        assert (run.flow_version, run.empirical_policy.retries, run.empirical_policy.retry_delay) == ("7", 2, 1)
        task_run = client.create_task_run(step, run.id, "0", extra_tags=["b"])
        assert (task_run.task_key, sorted(task_run.tags)) == (step.task_key, ["a", "b"])
        assert task_run.empirical_policy.retry_delay == [1, 2]
        plain = SimpleNamespace(task_key="plain", retry_delay_seconds=2.5)
        assert client.create_task_run(plain, None, "0").empirical_policy.retry_delay == 2


def test_a_time_without_a_zone_is_utc_as_with_prefects_client() -> None:
    id = uuid4()
    bodies: list[Any] = []

    def respond(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":  # a CSRF token is asked for
            return httpx.Response(404)
        bodies.append(json.loads(request.content))
        return httpx.Response(200, json=[])

    naive = datetime(2026, 7, 1, 9)
    settings = {"transport": httpx.MockTransport(respond)}
    with SyncPrefectClient("http://there/api", httpx_settings=settings) as client:
        client.get_scheduled_flow_runs_for_deployments([id], naive)
        client.get_scheduled_flow_runs_for_work_pool("p", scheduled_before=naive)
        client.get_runs_in_work_queue(id, scheduled_before=naive)
        client.get_runs_in_work_queue(id, scheduled_before=naive.replace(tzinfo=UTC))
    assert [body["scheduled_before"] for body in bodies] == ["2026-07-01T09:00:00Z"] * 4


def test_an_update_leaves_out_what_was_not_set_and_holds_all_of_what_was() -> None:
    class Model(pydantic.BaseModel):
        kind: str = "lstm"

    change = actions.DeploymentUpdate(
        parameters={"model": Model()}, schedules=[actions.DeploymentScheduleUpdate(active=False)]
    )
    sent = {"parameters": {"model": {"kind": "lstm"}}, "schedules": [{"active": False}]}
    assert json.loads(encode(to_fields(change))) == sent
    assert json.loads(encode(fields_for(change, DeploymentUpdate))) == sent


def test_a_state_is_copied_and_gets_its_details() -> None:
    id_ = uuid4()
    given = Completed(data={"x": 1}, state_details=StateDetails(cache_key="k"))
    made = to_set(given, flow_run_id=id_)
    assert made.data == {"x": 1}
    assert made.state_details == StateDetails(cache_key="k", flow_run_id=id_, deferred=None)
    assert given.state_details == StateDetails(cache_key="k")
    read = State(id=uuid4(), type=StateType.RUNNING, timestamp=datetime.now(UTC), name="n")
    assert to_state(read) == StateCreate(
        type=StateType.RUNNING, name="n", message=None, data=None, state_details=StateDetails()
    )


def test_a_state_that_was_read_keeps_whether_it_is_deferred() -> None:
    for deferred in (False, True):
        read = State(type=StateType.RUNNING, state_details=StateDetails(deferred=deferred))
        assert to_set(read).state_details == StateDetails(deferred=deferred)
    assert to_set(StateCreate(type=StateType.RUNNING)).state_details == StateDetails(deferred=None)
    assert to_set(Completed(state_details=StateDetails(deferred=True))).state_details == StateDetails(deferred=True)


def test_the_data_of_prefects_own_state_stays_here_unless_it_is_a_stored_result() -> None:
    def state(data: Any) -> Any:
        return SimpleNamespace(type="COMPLETED", name=None, message=None, data=data, state_details={"cache_key": "k"})

    made = to_state(state(object()))
    assert made.data is None
    assert made.state_details == StateDetails(cache_key="k")
    assert to_state(state(SimpleNamespace(is_persisted=False, metadata={"key": "s3"}))).data is None
    assert to_state(state(SimpleNamespace(is_persisted=True, metadata={"key": "s3"}))).data == {"key": "s3"}


def test_what_is_no_model_and_no_state_is_named() -> None:
    with pytest.raises(TypeError, match="a model, or a dict of its fields, is needed, got 'text'"):
        to_fields("text")
    with pytest.raises(InvalidParameterError, match="this is not a valid StateCreate"):
        to_state({"name": "no type"})


def test_a_filter_of_another_class_is_refused_before_anything_is_sent() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request)

    wrong: Any = FlowRunFilterStateName(any_=["Failed"])
    settings = {"transport": httpx.MockTransport(respond)}
    with SyncPrefectClient("http://prefect.test/api", httpx_settings=settings) as client:
        with pytest.raises(
            ValueError, match="state of FlowRunFilter must be a FlowRunFilterState, got FlowRunFilterSt"
        ):
            client.read_flow_runs(flow_run_filter=FlowRunFilter(state=wrong))
