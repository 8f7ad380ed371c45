from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from prefectkit.errors import (
    BadRequest,
    Conflict,
    InvalidParameterError,
    NotFound,
    UnaddressableNameError,
    UnprocessableEntity,
)
from prefectkit.models.deployment_schedules import DeploymentScheduleCreate
from prefectkit.models.deployments import Deployment, DeploymentFlowRunCreate
from prefectkit.models.filters.deployments import DeploymentFilter, DeploymentFilterId
from prefectkit.models.flow_runs import FlowRunBulkCreateResponse, FlowRunCreateStatus
from prefectkit.models.schedules import IntervalSchedule
from prefectkit.models.state_constructors import Scheduled
from prefectkit.models.states import StateType
from tests.resources.runs import AWKWARD, FORBIDDEN, new_deployment, new_flow, record, unique, when_free
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio

DEPLOYMENT = "/deployments/{id}"
HOURLY = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(hours=1)), slug="hourly")
INTEGER = {"type": "object", "properties": {"x": {"type": "integer"}}}


def these(*deployments: Deployment) -> DeploymentFilter:
    return DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id for deployment in deployments]))


async def test_create_writes_the_one_of_the_name_anew(client: Awaited, sent: Sent) -> None:
    flow = await new_flow(client)
    name = unique()
    deployment = await client.deployments.create(flow_id=flow.id, name=name, tags=["a"], schedules=[HOURLY])
    method, target, body = sent.last
    assert (method, target) == ("POST", "/deployments/")
    assert body.keys() == {"flow_id", "name", "tags", "schedules"}
    assert body["schedules"][0]["slug"] == "hourly"
    stored = await record(client, DEPLOYMENT, deployment.id)
    assert (stored["name"], stored["tags"], stored["flow_id"]) == (name, ["a"], str(flow.id))
    assert [it["slug"] for it in stored["schedules"]] == [it.slug for it in deployment.schedules] == ["hourly"]
    again = await client.deployments.create(flow_id=flow.id, name=name, tags=["b"])
    assert (again.id, again.tags) == (deployment.id, ["b"])


async def test_create_refuses(client: Awaited) -> None:
    flow = await new_flow(client)
    with pytest.raises(Conflict):
        await client.deployments.create(flow_id=uuid4(), name=unique())
    with pytest.raises(NotFound, match="nowhere"):
        await client.deployments.create(flow_id=flow.id, name=unique(), work_pool_name="nowhere")
    with pytest.raises(UnprocessableEntity):
        await client.deployments.create(flow_id=flow.id, name=unique(), concurrency_limit=-1)


async def test_read(client: Awaited) -> None:
    deployment = await new_deployment(client)
    assert (await client.deployments.read(str(deployment.id))).name == deployment.name
    with pytest.raises(NotFound):
        await client.deployments.read(uuid4())


async def test_read_by_name_reaches_an_awkward_name(client: Awaited) -> None:
    for part in AWKWARD:
        flow = await client.flows.create(name=unique(part))
        deployment = await client.deployments.create(flow_id=flow.id, name=part)
        assert (await client.deployments.read_by_name(flow.name, part)).id == deployment.id


async def test_a_name_that_the_server_fails_at_is_not_sent(client: Awaited, sent: Sent) -> None:
    flow = await new_flow(client)
    before = len(sent.requests)
    for name in (*FORBIDDEN, "a/b", "<a", "a>"):
        with pytest.raises(InvalidParameterError, match=rf"name {re.escape(repr(name))} has '[/%&<>]': the"):
            await client.deployments.create(flow_id=flow.id, name=name)
    assert len(sent.requests) == before
    refusal = await client.request("POST", "/deployments/", body={"name": "a/b", "flow_id": flow.id}, check=False)
    assert refusal.status == 500


async def test_read_by_name_reaches_no_other_route(client: Awaited, sent: Sent) -> None:
    for name in FORBIDDEN:
        with pytest.raises(NotFound, match="Deployment not found"):
            await client.deployments.read_by_name(unique(), name)
    before = len(sent.requests)
    for name in ("..", ".", "", "a/b", "../../flows"):
        with pytest.raises(UnaddressableNameError):
            await client.deployments.read_by_name(name, "x")
        with pytest.raises(UnaddressableNameError):
            await client.deployments.read_by_name("x", name)
    assert len(sent.requests) == before


async def test_update_leaves_alone_what_is_not_given(client: Awaited, sent: Sent) -> None:
    deployment = await new_deployment(client, tags=["a"], description="old", parameters={"x": 1})
    assert await client.deployments.update(deployment.id, description=None, parameters={"x": 2}) is None
    assert sent.last == ("PATCH", f"/deployments/{deployment.id}", {"description": None, "parameters": {"x": 2}})
    stored = await record(client, DEPLOYMENT, deployment.id)
    assert (stored["tags"], stored["description"], stored["parameters"]) == (["a"], None, {"x": 2})
    with pytest.raises(NotFound):
        await client.deployments.update(uuid4(), tags=[])


async def test_no_schedules_leave_none(client: Awaited, sent: Sent) -> None:
    slugged = await new_deployment(client, schedules=[HOURLY])
    plain = await new_deployment(client, schedules=[DeploymentScheduleCreate(schedule=HOURLY.schedule)])
    for deployment in (slugged, plain):
        await client.deployments.update(deployment.id, schedules=[], tags=["seen"])
        stored = await client.deployments.read(deployment.id)
        assert (stored.schedules, stored.tags) == ([], ["seen"])
    sent.requests.clear()
    await client.deployments.update(slugged.id, tags=["again"])
    assert [method for method, _, _ in sent.requests] == ["PATCH"]


async def test_update_refuses(client: Awaited) -> None:
    deployment = await new_deployment(client, parameter_openapi_schema=INTEGER, schedules=[HOURLY])
    with pytest.raises(Conflict, match="'no'"):
        await client.deployments.update(deployment.id, parameters={"x": "no"})
    with pytest.raises(UnprocessableEntity, match="slug"):
        await client.deployments.update(deployment.id, schedules=[{"schedule": {"cron": "0 0 * * *"}}])


async def test_delete(client: Awaited) -> None:
    deployment = await new_deployment(client)
    await client.deployments.delete(deployment.id)
    with pytest.raises(NotFound):
        await record(client, DEPLOYMENT, deployment.id)
    with pytest.raises(NotFound):
        await client.deployments.delete(deployment.id)


async def three(client: Awaited) -> list[Deployment]:
    flow = await new_flow(client)
    return [await new_deployment(client, flow_id=flow.id, name=name) for name in ("a", "b", "c")]


async def test_list_gives_one_page(client: Awaited, sent: Sent) -> None:
    deployments = await three(client)
    page = await client.deployments.list(deployments=these(*deployments), sort="NAME_DESC", limit=2, offset=1)
    assert [it.name for it in page] == ["b", "a"]
    assert sent.last[2] == {
        "deployments": {"id": {"any_": [str(it.id) for it in deployments]}},
        "sort": "NAME_DESC",
        "limit": 2,
        "offset": 1,
    }
    with pytest.raises(UnprocessableEntity):
        await client.deployments.list(limit=100_000)


async def test_iterate_yields_all_of_them(client: Awaited, sent: Sent) -> None:
    deployments = await three(client)
    seen = [it.name async for it in client.deployments.iterate(deployments=these(*deployments), sort="NAME_ASC")]
    assert seen == ["a", "b", "c"]
    assert [(target, body["offset"]) for _, target, body in sent.requests[-2:]] == [
        ("/deployments/filter", 0),
        ("/deployments/filter", 3),
    ]


async def test_paginate_and_count(client: Awaited) -> None:
    deployments = await three(client)
    page = await client.deployments.paginate(deployments=these(*deployments), sort="NAME_ASC", limit=2, page=2)
    assert [it.name for it in page.results] == ["c"]
    assert (page.count, page.pages, page.page, page.limit) == (3, 2, 2, 2)
    assert await client.deployments.count(deployments=these(*deployments[:2])) == 2


async def test_bulk_delete(client: Awaited) -> None:
    deployments = await three(client)
    result = await when_free(client.deployments.bulk_delete, deployments=these(*deployments[:2]))
    assert set(result.deleted) == {it.id for it in deployments[:2]}
    assert await client.deployments.count(deployments=these(*deployments)) == 1


async def test_pause_and_resume(client: Awaited, sent: Sent) -> None:
    deployment = await new_deployment(client)
    assert await client.deployments.pause(deployment.id) is None
    assert sent.last == ("POST", f"/deployments/{deployment.id}/pause_deployment", None)
    assert (await record(client, DEPLOYMENT, deployment.id))["paused"] is True
    assert await client.deployments.resume(deployment.id) is None
    assert sent.last == ("POST", f"/deployments/{deployment.id}/resume_deployment", None)
    assert (await record(client, DEPLOYMENT, deployment.id))["paused"] is False
    for call in (client.deployments.pause, client.deployments.resume):
        with pytest.raises(NotFound):
            await call(uuid4())


async def test_schedule_sends_its_window(client: Awaited, sent: Sent) -> None:
    deployment = await new_deployment(client)
    start = datetime(2030, 1, 1, tzinfo=UTC)
    result = await client.deployments.schedule(deployment.id, start_time=start, min_time=timedelta(days=1), max_runs=3)
    assert result is None
    assert sent.last == (
        "POST",
        f"/deployments/{deployment.id}/schedule",
        {"start_time": "2030-01-01T00:00:00Z", "min_time": 86400, "max_runs": 3},
    )
    assert await client.flow_runs.count(deployments=these(deployment)) == 0


async def test_schedule_makes_each_run_once(client: Awaited) -> None:
    deployment = await new_deployment(client, schedules=[HOURLY])
    start = datetime(2030, 1, 1, tzinfo=UTC)
    for _ in range(2):
        await client.deployments.schedule(deployment.id, start_time=start, min_time=0, min_runs=3, max_runs=3)
    runs = await client.flow_runs.list(deployments=these(deployment))
    assert len(runs) == 3
    assert all(run.auto_scheduled and run.expected_start_time >= start for run in runs)


async def test_get_scheduled_flow_runs(client: Awaited, sent: Sent) -> None:
    deployment = await new_deployment(client)
    at = [datetime(2030, 1, day, tzinfo=UTC) for day in (2, 1, 3)]
    runs = [await client.deployments.create_flow_run(deployment.id, state=Scheduled(when)) for when in at]
    found = await client.deployments.get_scheduled_flow_runs(deployment_ids=[deployment.id], scheduled_before=at[0])
    assert sent.last[2] == {"deployment_ids": [str(deployment.id)], "scheduled_before": "2030-01-02T00:00:00Z"}
    assert [run.id for run in found] == [runs[1].id, runs[0].id]
    assert await client.deployments.get_scheduled_flow_runs(deployment_ids=[uuid4()]) == []


async def test_create_flow_run_takes_after_the_deployment(client: Awaited, sent: Sent) -> None:
    deployment = await new_deployment(client, parameters={"x": 1, "y": 2}, tags=["a"])
    run = await client.deployments.create_flow_run(deployment.id, parameters={"y": 3}, tags=["b"])
    method, target, body = sent.last
    assert (method, target) == ("POST", f"/deployments/{deployment.id}/create_flow_run")
    assert body.keys() == {"parameters", "tags", "idempotency_key"}
    stored = await record(client, "/flow_runs/{id}", run.id)
    assert (stored["deployment_id"], stored["flow_id"]) == (str(deployment.id), str(deployment.flow_id))
    assert (stored["parameters"], sorted(stored["tags"])) == ({"x": 1, "y": 3}, ["a", "b"])
    assert stored["idempotency_key"] == body["idempotency_key"]
    assert run.state.type is StateType.SCHEDULED
    again = await client.deployments.create_flow_run(deployment.id, idempotency_key=body["idempotency_key"])
    other = await client.deployments.create_flow_run(deployment.id)
    assert again.id == run.id != other.id


async def test_create_flow_run_refuses(client: Awaited) -> None:
    deployment = await new_deployment(client, parameter_openapi_schema=INTEGER)
    with pytest.raises(Conflict, match="'no'"):
        await client.deployments.create_flow_run(deployment.id, parameters={"x": "no"})
    with pytest.raises(NotFound):
        await client.deployments.create_flow_run(uuid4())


async def bulk_create(
    client: Awaited, deployment: Deployment, wanted: list[DeploymentFlowRunCreate]
) -> FlowRunBulkCreateResponse:
    """Create the runs. Repeat it while a concurrent write of the server itself lets one fail."""
    for _ in range(20):
        response = await client.deployments.bulk_create_flow_runs(deployment.id, wanted)
        if not any("database is locked" in (one.error or "") for one in response.results):
            return response
    raise AssertionError("the server's database is never free")


async def test_bulk_create_flow_runs(client: Awaited, sent: Sent) -> None:
    deployment = await new_deployment(client, parameter_openapi_schema=INTEGER)
    wanted = [DeploymentFlowRunCreate(parameters={"x": x}) for x in (1, "no", 2)]
    keyed = [DeploymentFlowRunCreate(idempotency_key=unique())] * 2
    first = await bulk_create(client, deployment, wanted)
    assert sent.last[1] == f"/deployments/{deployment.id}/create_flow_run/bulk"
    assert len({item["idempotency_key"] for item in sent.last[2]}) == 3
    assert [one.status for one in first.results] == [
        FlowRunCreateStatus.CREATED,
        FlowRunCreateStatus.FAILED,
        FlowRunCreateStatus.CREATED,
    ], first
    assert "'no'" in first.results[1].error
    last = await record(client, "/flow_runs/{id}", first.results[2].flow_run_id)
    assert last["parameters"] == {"x": 2}
    again = await bulk_create(client, deployment, wanted)
    assert again.results[0].flow_run_id not in [one.flow_run_id for one in first.results]
    [one, other] = (await bulk_create(client, deployment, keyed)).results
    assert one.flow_run_id == other.flow_run_id


async def test_bulk_create_flow_runs_refuses(client: Awaited) -> None:
    deployment = await new_deployment(client)
    with pytest.raises(BadRequest, match="100"):
        await client.deployments.bulk_create_flow_runs(deployment.id, [DeploymentFlowRunCreate()] * 101)
    with pytest.raises(NotFound):
        await client.deployments.bulk_create_flow_runs(uuid4(), [])


async def test_work_queue_check(client: Awaited) -> None:
    queue = unique()
    deployment = await new_deployment(client, work_queue_name=queue)
    assert queue in [it.name for it in await client.deployments.work_queue_check(deployment.id)]
    with pytest.raises(NotFound):
        await client.deployments.work_queue_check(uuid4())
