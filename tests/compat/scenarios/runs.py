"""Flows, runs, states, logs, deployments and the server itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tests.compat.two_clients import ClientUnderTest, raised

NOBODY = UUID(int=1)


async def flows(tested: ClientUnderTest) -> Any:
    client, filters = tested.client, tested.own.filters
    flow = await tested.flow()
    id_ = await client.create_flow(flow)
    assert isinstance(id_, UUID)
    assert await client.create_flow_from_name(flow.name) == id_
    by_name = filters.FlowFilter(name=filters.FlowFilterName(any_=[flow.name]))
    return [
        await client.read_flow(id_),
        await client.read_flow_by_name(flow.name),
        await client.read_flows(flow_filter=by_name, sort=tested.own.sorting.FlowSort.NAME_DESC, limit=5, offset=0),
        await client.read_flows(flow_filter=by_name, limit=1, offset=1),
        await raised(client.read_flow(NOBODY)),
        await raised(client.read_flow_by_name("no such flow")),
        await raised(client.read_flows(limit=5000)),
        await client.delete_flow(id_),
        await raised(client.delete_flow(id_)),
    ]


async def flow_runs(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    parameters = {"x": [1, {"y": None}]}
    run = await client.create_flow_run(
        await tested.flow(),
        name="a run",
        parameters=parameters,
        context={"c": 1},
        tags=("b", "a"),
        job_variables={"v": 1},
    )
    assert run.parameters is parameters
    by_id = own.filters.FlowRunFilter(id=own.filters.FlowRunFilterId(any_=[run.id]))
    return [
        run,
        await client.read_flow_run(run.id),
        await client.read_flow_runs(flow_run_filter=by_id, sort=own.sorting.FlowRunSort.ID_DESC),
        await client.count_flow_runs(flow_run_filter=by_id),
        await client.update_flow_run(run.id, flow_version="2", tags=iter(["c"]), parameters={"z": 1}),
        await client.update_flow_run(run.id, empirical_policy=own.objects.FlowRunPolicy(retries=7)),
        await client.update_flow_run(run.id, infrastructure_pid="p", job_variables=None),
        await client.set_flow_run_name(run.id, "renamed"),
        await client.update_flow_run_labels(run.id, {"team": "data"}),
        await client.read_flow_run(run.id),
        await raised(client.read_flow_run(NOBODY)),
        await raised(client.update_flow_run(NOBODY, name="x")),
        await raised(client.set_flow_run_name(NOBODY, "x")),
        await raised(client.update_flow_run_labels(NOBODY, {})),
        await client.delete_flow_run(run.id),
        await raised(client.delete_flow_run(run.id)),
    ]


async def flow_run_states(tested: ClientUnderTest) -> Any:
    client, states = tested.client, tested.own.states
    run = await client.create_flow_run(await tested.flow(), name="a run", state=states.Scheduled())
    running = await client.set_flow_run_state(run.id, states.Running(message="go"))
    paused = await client.set_flow_run_state(str(run.id), states.Paused(timeout_seconds=300))
    resumed = await client.resume_flow_run(run.id, run_input={})
    done = await client.set_flow_run_state(run.id, states.Completed(name="Cached"), force=True)
    again = await raised(client.resume_flow_run(run.id))
    history = await client.read_flow_run_states(run.id)
    assert (done.state.is_final(), running.state.is_running()) == (True, True)
    return [
        running,
        paused,
        resumed,
        done,
        again,
        await client.set_flow_run_state(run.id, states.Pending()),
        history,
        await client.read_flow_run_state(history[0].id),
        await raised(client.read_flow_run_state(NOBODY)),
        await raised(client.set_flow_run_state(NOBODY, states.Running())),
        await client.read_flow_run_states(NOBODY),
    ]


async def flow_run_inputs(tested: ClientUnderTest) -> Any:
    client = tested.client
    run = await client.create_flow_run(await tested.flow(), name="a run")
    await client.create_flow_run_input(run.id, "a-1", '{"n": 1}', "me")
    await client.create_flow_run_input(run.id, "a-2", "2")
    return [
        await client.read_flow_run_input(run.id, "a-1"),
        await client.filter_flow_run_input(run.id, "a-", 5, {"a-2"}),
        await raised(client.create_flow_run_input(run.id, "a-1", "again")),
        await raised(client.read_flow_run_input(run.id, "none")),
        await client.delete_flow_run_input(run.id, "a-1"),
        await raised(client.delete_flow_run_input(run.id, "a-1")),
        await raised(client.create_flow_run_input(NOBODY, "a", "b")),
    ]


async def task_runs(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    run = await client.create_flow_run(await tested.flow(), name="a run")
    task = SimpleNamespace(
        task_key="t", tags={"a"}, version="3", retries=1, retry_delay_seconds=[1.5, 2.0], retry_jitter_factor=0.5
    )
    inputs = {"x": [own.objects.Constant(type="int"), own.objects.Parameter(name="p")]}
    created = await client.create_task_run(task, run.id, "0", name="t-0", extra_tags=["a"], task_inputs=inputs)
    by_id = own.filters.TaskRunFilter(id=own.filters.TaskRunFilterId(any_=[created.id]))
    running = await client.set_task_run_state(created.id, own.states.Running())
    return [
        created,
        running,
        await client.set_task_run_name(created.id, "t-1"),
        await client.read_task_run(created.id),
        await client.read_task_runs(task_run_filter=by_id, sort=own.sorting.TaskRunSort.NAME_ASC),
        await client.read_task_run_states(created.id),
        await raised(client.set_task_run_name(NOBODY, "x")),
        await raised(client.set_task_run_state(NOBODY, own.states.Running())),
        await raised(client.read_task_run(NOBODY)),
        await client.delete_task_run(created.id),
        await raised(client.delete_task_run(created.id)),
    ]


async def logs(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    run = await client.create_flow_run(await tested.flow(), name="a run")
    now = datetime.now(UTC)
    log = own.actions.LogCreate(
        name="prefect", level=20, message="héllo", timestamp=now, flow_run_id=run.id, task_run_id=None
    )
    plain = {"name": "x", "level": 40, "message": "b", "timestamp": now.isoformat(), "flow_run_id": str(run.id)}
    await client.create_logs([log, plain | {"timestamp": (now + timedelta(seconds=1)).isoformat()}])
    of_run = own.filters.LogFilter(flow_run_id=own.filters.LogFilterFlowRunId(any_=[run.id]))
    return [
        await client.read_logs(of_run),
        await client.read_logs(of_run, 1, 1),
        await client.read_logs(of_run, sort=own.sorting.LogSort.TIMESTAMP_DESC),
        await raised(client.read_logs(limit=5000)),
    ]


async def deployments(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    flow = await tested.flow()
    flow_id = await client.create_flow(flow)
    schedule = own.actions.DeploymentScheduleCreate(
        schedule=own.schedules.CronSchedule(cron="0 9 * * *", timezone="Europe/Berlin"), active=False
    )
    made = await client.create_deployment(
        flow_id,
        "daily",
        description="what for",
        version="1",
        schedules=[schedule],
        concurrency_limit=3,
        concurrency_options=own.objects.ConcurrencyOptions(collision_strategy="CANCEL_NEW"),
        parameters={"a": 1},
        tags=["t"],
        entrypoint="f.py:f",
        paused=False,
        enforce_parameter_schema=False,
    )
    assert isinstance(made, UUID)
    first = await client.read_deployment(made)
    by_name = own.filters.DeploymentFilter(name=own.filters.DeploymentFilterName(any_=["daily"]))
    of_flow = own.filters.FlowFilter(name=own.filters.FlowFilterName(any_=[flow.name]))
    await client.update_deployment(made, own.actions.DeploymentUpdate(version="2", tags=["u"], parameters={"b": 2}))
    await client.pause_deployment(str(made))
    paused = await client.read_deployment(str(made))
    await client.resume_deployment(made)
    with pytest.warns(DeprecationWarning):
        await client.set_deployment_paused_state(made, True)
    return [
        first,
        paused,
        await client.read_deployment_by_name(f"{flow.name}/daily"),
        await client.read_deployments(flow_filter=of_flow, deployment_filter=by_name, limit=2),
        await client.create_deployment(flow_id, "daily", description="again"),
        await client.read_deployment(made),
        await raised(client.create_deployment(NOBODY, "daily", description="d")),
        await raised(client.create_deployment(flow_id, "daily", description="d", work_pool_name="no pool")),
        await raised(client.read_deployment("no id")),
        await raised(client.pause_deployment("no id")),
        await raised(client.resume_deployment(NOBODY)),
        await raised(client.update_deployment(NOBODY, own.actions.DeploymentUpdate(version="2"))),
        await raised(client.read_deployment_by_name("daily")),
        await raised(client.read_deployment_by_name("no/deployment")),
        await client.delete_deployment(made),
        await raised(client.delete_deployment(made)),
    ]


async def deployment_runs(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    flow_id = await client.create_flow(await tested.flow())
    made = await client.create_deployment(flow_id, "runs", description="d", parameters={"a": 1, "b": 1})
    run = await client.create_flow_run_from_deployment(
        made, name="r", parameters={"b": 2}, tags=("t",), labels={"l": 1}, context={"c": 1}
    )
    keyed = await client.create_flow_run_from_deployment(made, name="k", idempotency_key=f"key-{tested.name}")
    again = await client.create_flow_run_from_deployment(made, idempotency_key=f"key-{tested.name}")
    assert keyed.id == again.id
    soon = datetime.now(UTC) + timedelta(hours=1)
    return [
        run,
        keyed,
        await client.get_scheduled_flow_runs_for_deployments([made], soon, limit=1),
        await client.get_scheduled_flow_runs_for_deployments([NOBODY]),
        await raised(client.create_flow_run_from_deployment(NOBODY)),
        own.objects.FlowRun.model_validate(run.model_dump(mode="json")).model_copy(update={"name": "other"}),
    ]


async def schedules(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    flow_id = await client.create_flow(await tested.flow())
    made = await client.create_deployment(flow_id, "schedules", description="d")
    cron = own.schedules.CronSchedule(cron="0 9 * * *", timezone="UTC")
    created = await client.create_deployment_schedules(made, [(cron, False)], max_scheduled_runs=2, parameters={"a": 1})
    await client.update_deployment_schedule(
        made, created[0].id, schedule=own.schedules.CronSchedule(cron="0 8 * * *", timezone="UTC"), slug="s"
    )
    more = [
        own.actions.DeploymentScheduleCreate(schedule=own.schedules.RRuleSchedule(rrule="FREQ=DAILY"), active=False)
    ]
    return [
        created,
        await client.read_deployment_schedules(made),
        await client.create_deployment_schedules(made, more),
        await raised(client.create_deployment_schedules(NOBODY, [(cron, True)])),
        await raised(client.read_deployment_schedules(NOBODY)),
        await raised(client.update_deployment_schedule(made, NOBODY, active=False)),
        await client.delete_deployment_schedule(made, created[0].id),
        await raised(client.delete_deployment_schedule(made, created[0].id)),
    ]


async def the_server(tested: ClientUnderTest) -> Any:
    client = tested.client
    return [
        await client.api_healthcheck(),
        await client.hello(),
        await client.api_version(),
        await client.client_version(),
        str(tested.read("api_url")),
        type(tested.read("loop")).__name__,
        tested.read("server_type").value,
        await client.raise_for_api_version_mismatch(),
        await client.raise_for_api_version_mismatch_once(),
        await client.request("GET", "/health"),
        await raised(client.request("GET", "/flows/{id}", path_params={"id": NOBODY})),
        await client.request("POST", "/flows/count", json={"flows": {"name": {"any_": ["none"]}}}),
        await raised(client.request("GET", "no/such/route")),
    ]


ALL = [
    flows,
    flow_runs,
    flow_run_states,
    flow_run_inputs,
    task_runs,
    logs,
    deployments,
    deployment_runs,
    schedules,
    the_server,
]
