"""Prefect's own request objects, passed to native methods, mean what they mean with Prefect's own client."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from prefect.client.schemas import actions
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import StateDetails, StateType, WorkPoolStorageConfiguration
from prefect.client.schemas.schedules import IntervalSchedule
from prefect.states import Completed, Failed
from pydantic import BaseModel

from prefectkit.core.errors import InvalidParameterError
from prefectkit.models.common import with_idempotency_key
from prefectkit.models.states import as_state
from tests.resources.runs import new_deployment, new_run, new_task_run, unique
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


class Point(BaseModel):
    x: int = 0
    y: int = 0


FAILED = actions.StateCreate(
    type=StateType.FAILED, name="Odd", message="m", data={"a": 1}, state_details=StateDetails(cache_key="k")
)


async def test_a_state_of_a_flow_run(client: Awaited) -> None:
    run = await new_run(client)
    result = await client.flow_runs.set_state(run.id, FAILED, force=True)
    assert result.accepted
    state = (await client.flow_runs.read(run.id)).state
    assert (state.type, state.name, state.message, state.state_details.cache_key) == ("FAILED", "Odd", "m", "k")
    assert state.state_details.transition_id is not None


async def test_a_state_of_a_task_run(client: Awaited) -> None:
    run = await new_task_run(client)
    await client.task_runs.set_state(run.id, actions.StateCreate(type=StateType.RUNNING))
    state = (await client.task_runs.read(run.id)).state
    assert (state.type, state.name) == ("RUNNING", "Running")


async def test_a_state_made_by_its_own_functions(client: Awaited) -> None:
    run = await new_run(client)
    result = await client.flow_runs.set_state(run.id, Completed(message="m", data=Point()), force=True)
    assert result.accepted and result.state.is_completed()
    assert (result.state.message, result.state.data) == ("m", None)


async def test_states_of_many_runs_and_of_new_ones(client: Awaited) -> None:
    run = await new_run(client, state=actions.StateCreate(type=StateType.PENDING, name="Odd"))
    assert (run.state.type, run.state.name) == ("PENDING", "Odd")
    these = FlowRunFilter(name=FlowRunFilterName(any_=[run.name]))
    completed = actions.StateCreate(type=StateType.COMPLETED)
    changed = await client.flow_runs.bulk_set_state(flow_runs=these, state=completed, force=True)
    assert [each.state.type for each in changed.results] == ["COMPLETED"]


async def test_runs_of_a_deployment(client: Awaited) -> None:
    deployment = await new_deployment(client, parameters={"a": 1})
    tag, key = unique(), unique()
    wanted = [
        actions.DeploymentFlowRunCreate(tags=[tag], parameters={"point": Point(x=1)}, state=FAILED),
        actions.DeploymentFlowRunCreate(tags=[tag], idempotency_key=key),
        actions.DeploymentFlowRunCreate(tags=[tag], idempotency_key=key),
    ]
    created = await client.deployments.bulk_create_flow_runs(deployment.id, wanted)
    first, second, third = [each.flow_run_id for each in created.results]
    assert second == third != first
    run = await client.flow_runs.read(first)
    assert (run.tags, run.state.name, run.parameters) == ([tag], "Odd", {"a": 1, "point": {"x": 1, "y": 0}})
    assert run.idempotency_key
    assert (await client.flow_runs.read(second)).idempotency_key == key
    assert wanted[0].idempotency_key is None


async def test_schedules_of_a_deployment(client: Awaited) -> None:
    deployment = await new_deployment(client)
    hourly = IntervalSchedule(interval=timedelta(hours=1))
    await client.deployments.schedules.create(
        deployment.id, [actions.DeploymentScheduleCreate(schedule=hourly, active=False, slug="hourly")]
    )
    (schedule,) = await client.deployments.schedules.list(deployment.id)
    assert (schedule.active, schedule.slug, schedule.schedule.interval) == (False, "hourly", timedelta(hours=1))
    await client.deployments.update(
        deployment.id, schedules=[actions.DeploymentScheduleUpdate(slug="hourly", active=True, schedule=hourly)]
    )
    assert [each.active for each in await client.deployments.schedules.list(deployment.id)] == [True]


async def test_what_an_update_has_not_set_stays(client: Awaited, sent: Sent) -> None:
    storage = WorkPoolStorageConfiguration(bundle_upload_step={"a": {}})
    update: Any = actions.WorkPoolUpdate(concurrency_limit=None, storage_configuration=storage)
    await client.request("POST", "/work_pools/filter", body={"update": update}, check=False)
    expected = {"concurrency_limit": None, "storage_configuration": {"bundle_upload_step": {"a": {}}}}
    assert sent.last[2]["update"] == expected


async def test_logs(client: Awaited) -> None:
    run = await new_run(client)
    log = actions.LogCreate(name="n", level=20, message="m", timestamp=run.created, flow_run_id=run.id)
    await client.logs.create([log])


@pytest.mark.parametrize("wrong", [Point(), actions.FlowUpdate(tags=[]), "Failed", None, {"type": "FAILED"}], ids=repr)
def test_a_value_that_is_not_a_state_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidParameterError, match="a state is created by"):
        as_state(wrong)


@pytest.mark.parametrize("wrong", [Point(), actions.FlowUpdate(tags=[]), Failed(), None], ids=repr)
def test_a_value_that_is_not_a_run_to_create_is_refused(wrong: Any) -> None:
    with pytest.raises(InvalidParameterError, match="a run to create is"):
        with_idempotency_key(wrong)
