"""Cases to send twice: flows, deployments and runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefectkit import Prefect
from prefectkit.models import (
    CronSchedule,
    DeploymentFlowRunCreate,
    DeploymentScheduleCreate,
    DeploymentScheduleUpdate,
    IntervalSchedule,
    LogCreate,
    Paused,
    Running,
)
from prefectkit.models.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowFilter,
    FlowFilterId,
    FlowRunFilter,
    FlowRunFilterId,
)
from tests.resources.stored import slug
from tests.sent_twice.doubling import Case, Cases, state

cases = Cases()

DAILY = CronSchedule(cron="0 0 * * *")


def new_flow(c: Prefect) -> UUID:
    return c.flows.create(name=slug()).id


def new_run(c: Prefect, **fields: Any) -> UUID:
    return c.flow_runs.create(flow_id=new_flow(c), **fields).id


def new_task_run(c: Prefect) -> UUID:
    run_id = new_run(c, state=Running())
    return c.task_runs.create(flow_run_id=run_id, task_key=slug(), dynamic_key="0").id


def new_deployment(c: Prefect, **fields: Any) -> UUID:
    return c.deployments.create(flow_id=new_flow(c), name=slug(), **fields).id


def runs_of(c: Prefect, flow_id: UUID) -> int:
    return c.flow_runs.count(flows=FlowFilter(id=FlowFilterId(any_=[flow_id])))


@cases.of("flows.create")
def _(c: Prefect) -> Case:
    name = slug()
    return Case(lambda to: to.flows.create(name=name, tags=["a"]), lambda: state(c, f"/flows/name/{name}"))


@cases.of("flows.update")
def _(c: Prefect) -> Case:
    id = new_flow(c)
    return Case(lambda to: to.flows.update(id, tags=["a"]), lambda: state(c, f"/flows/{id}"))


@cases.of("flows.delete")
def _(c: Prefect) -> Case:
    id = new_flow(c)
    return Case(lambda to: to.flows.delete(id), lambda: state(c, f"/flows/{id}"))


@cases.of("flows.bulk_delete")
def _(c: Prefect) -> Case:
    these = FlowFilter(id=FlowFilterId(any_=[new_flow(c) for _ in range(3)]))
    return Case(lambda to: to.flows.bulk_delete(flows=these, limit=1), lambda: c.flows.count(flows=these))


@cases.of("flow_runs.create")
def _(c: Prefect) -> Case:
    id = new_flow(c)
    return Case(lambda to: to.flow_runs.create(flow_id=id), lambda: runs_of(c, id))


@cases.of("flow_runs.update")
def _(c: Prefect) -> Case:
    id = new_run(c)
    return Case(lambda to: to.flow_runs.update(id, name="new", tags=["a"]), lambda: state(c, f"/flow_runs/{id}"))


@cases.of("flow_runs.update_labels")
def _(c: Prefect) -> Case:
    id = new_run(c)
    return Case(lambda to: to.flow_runs.update_labels(id, {"a": 1}), lambda: c.flow_runs.read(id).labels)


@cases.of("flow_runs.delete")
def _(c: Prefect) -> Case:
    id = new_run(c)
    return Case(lambda to: to.flow_runs.delete(id), lambda: state(c, f"/flow_runs/{id}"))


@cases.of("flow_runs.set_state")
def _(c: Prefect) -> Case:
    id = new_run(c)
    return Case(lambda to: to.flow_runs.set_state(id, Running()), lambda: states_of_flow_run(c, id))


@cases.of("flow_runs.set_state", "forced")
def _(c: Prefect) -> Case:
    id = new_run(c)
    return Case(lambda to: to.flow_runs.set_state(id, Running(), force=True), lambda: states_of_flow_run(c, id))


def states_of_flow_run(c: Prefect, id: UUID) -> list[str | None]:
    return [each.name for each in c.flow_run_states.list(id)]


@cases.of("flow_runs.resume")
def _(c: Prefect) -> Case:
    id = new_run(c, state=Running())
    c.flow_runs.set_state(id, Paused())
    return Case(lambda to: to.flow_runs.resume(id), lambda: states_of_flow_run(c, id))


@cases.of("flow_runs.bulk_set_state")
def _(c: Prefect) -> Case:
    id = new_run(c)
    these = FlowRunFilter(id=FlowRunFilterId(any_=[id]))
    return Case(
        lambda to: to.flow_runs.bulk_set_state(flow_runs=these, state=Running(), force=True),
        lambda: states_of_flow_run(c, id),
    )


@cases.of("flow_runs.bulk_delete")
def _(c: Prefect) -> Case:
    these = FlowRunFilter(id=FlowRunFilterId(any_=[new_run(c) for _ in range(3)]))
    return Case(
        lambda to: to.flow_runs.bulk_delete(flow_runs=these, limit=1), lambda: c.flow_runs.count(flow_runs=these)
    )


@cases.of("flow_runs.inputs.create")
def _(c: Prefect) -> Case:
    id = new_run(c)
    return Case(
        lambda to: to.flow_runs.inputs.create(id, key="a", value="1"),
        lambda: state(c, f"/flow_runs/{id}/input/filter", {"prefix": "", "limit": 9}),
    )


@cases.of("flow_runs.inputs.delete")
def _(c: Prefect) -> Case:
    id = new_run(c)
    c.flow_runs.inputs.create(id, key="a", value="1")
    return Case(
        lambda to: to.flow_runs.inputs.delete(id, "a"),
        lambda: state(c, f"/flow_runs/{id}/input/filter", {"prefix": "", "limit": 9}),
    )


@cases.of("task_runs.create")
def _(c: Prefect) -> Case:
    run_id, key = new_run(c, state=Running()), slug()
    these = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    return Case(
        lambda to: to.task_runs.create(flow_run_id=run_id, task_key=key, dynamic_key="0"),
        lambda: c.task_runs.count(flow_runs=these),
    )


@cases.of("task_runs.update")
def _(c: Prefect) -> Case:
    id = new_task_run(c)
    return Case(lambda to: to.task_runs.update(id, name="new"), lambda: state(c, f"/task_runs/{id}"))


@cases.of("task_runs.delete")
def _(c: Prefect) -> Case:
    id = new_task_run(c)
    return Case(lambda to: to.task_runs.delete(id), lambda: state(c, f"/task_runs/{id}"))


@cases.of("task_runs.set_state")
def _(c: Prefect) -> Case:
    id = new_task_run(c)
    return Case(
        lambda to: to.task_runs.set_state(id, Running()), lambda: [each.name for each in c.task_run_states.list(id)]
    )


@cases.of("deployments.create")
def _(c: Prefect) -> Case:
    flow_id, name = new_flow(c), slug()
    these = FlowFilter(id=FlowFilterId(any_=[flow_id]))
    return Case(
        lambda to: to.deployments.create(flow_id=flow_id, name=name, tags=["a"]),
        lambda: [(each.id, each.tags) for each in c.deployments.list(flows=these)],
    )


@cases.of("deployments.update")
def _(c: Prefect) -> Case:
    id = new_deployment(c)
    return Case(
        lambda to: to.deployments.update(id, tags=["a"], parameters={"x": 1}), lambda: state(c, f"/deployments/{id}")
    )


@cases.of("deployments.delete")
def _(c: Prefect) -> Case:
    id = new_deployment(c)
    return Case(lambda to: to.deployments.delete(id), lambda: state(c, f"/deployments/{id}"))


@cases.of("deployments.bulk_delete")
def _(c: Prefect) -> Case:
    these = DeploymentFilter(id=DeploymentFilterId(any_=[new_deployment(c) for _ in range(3)]))
    return Case(
        lambda to: to.deployments.bulk_delete(deployments=these, limit=1),
        lambda: c.deployments.count(deployments=these),
    )


@cases.of("deployments.pause")
def _(c: Prefect) -> Case:
    id = new_deployment(c)
    return Case(lambda to: to.deployments.pause(id), lambda: state(c, f"/deployments/{id}"))


@cases.of("deployments.resume")
def _(c: Prefect) -> Case:
    id = new_deployment(c, paused=True)
    return Case(lambda to: to.deployments.resume(id), lambda: state(c, f"/deployments/{id}"))


@cases.of("deployments.schedule")
def _(c: Prefect) -> Case:
    id = new_deployment(c, schedules=[DeploymentScheduleCreate(schedule=IntervalSchedule(interval=3600))])
    # The server's own scheduler makes runs meanwhile, but only of the next few weeks.
    start = datetime(2040, 1, 1, tzinfo=UTC)
    body = {
        "deployments": {"id": {"any_": [str(id)]}},
        "flow_runs": {"expected_start_time": {"after_": start.isoformat()}},
    }
    return Case(
        lambda to: to.deployments.schedule(id, start_time=start, min_time=0, min_runs=3, max_runs=3),
        lambda: state(c, "/flow_runs/count", body),
    )


@cases.of("deployments.create_flow_run")
def _(c: Prefect) -> Case:
    id = new_deployment(c)
    flow_id = c.deployments.read(id).flow_id
    return Case(lambda to: to.deployments.create_flow_run(id), lambda: runs_of(c, flow_id))


@cases.of("deployments.bulk_create_flow_runs")
def _(c: Prefect) -> Case:
    id = new_deployment(c)
    flow_id = c.deployments.read(id).flow_id
    return Case(
        lambda to: to.deployments.bulk_create_flow_runs(id, [DeploymentFlowRunCreate(), DeploymentFlowRunCreate()]),
        lambda: runs_of(c, flow_id),
    )


@cases.of("deployments.schedules.create")
def _(c: Prefect) -> Case:
    id = new_deployment(c)
    return Case(
        lambda to: to.deployments.schedules.create(id, [DeploymentScheduleCreate(schedule=DAILY)]),
        lambda: len(c.deployments.schedules.list(id)),
    )


@cases.of("deployments.schedules.create", "with a slug")
def _(c: Prefect) -> Case:
    id = new_deployment(c)
    return Case(
        lambda to: to.deployments.schedules.create(id, [DeploymentScheduleCreate(schedule=DAILY, slug="daily")]),
        lambda: len(c.deployments.schedules.list(id)),
    )


@cases.of("deployments.schedules.update")
def _(c: Prefect) -> Case:
    id = new_deployment(c, schedules=[DeploymentScheduleCreate(schedule=DAILY, active=False)])
    schedule_id = c.deployments.schedules.list(id)[0].id
    later = DeploymentScheduleUpdate(schedule=CronSchedule(cron="0 1 * * *"), slug="later")
    return Case(
        lambda to: to.deployments.schedules.update(id, schedule_id, schedule=later.schedule, slug=later.slug),
        lambda: state(c, f"/deployments/{id}/schedules"),
    )


@cases.of("deployments.schedules.delete")
def _(c: Prefect) -> Case:
    id = new_deployment(c, schedules=[DeploymentScheduleCreate(schedule=DAILY)])
    schedule_id = c.deployments.schedules.list(id)[0].id
    return Case(
        lambda to: to.deployments.schedules.delete(id, schedule_id), lambda: len(c.deployments.schedules.list(id))
    )


@cases.of("logs.create")
def _(c: Prefect) -> Case:
    run_id = new_run(c)
    line = LogCreate(name="a", level=20, message="b", timestamp=datetime.now(UTC), flow_run_id=run_id)
    path = "/logs/filter"
    body = {"logs": {"flow_run_id": {"any_": [str(run_id)]}}}
    return Case(lambda to: to.logs.create([line]), lambda: len(state(c, path, body)))


@cases.of("artifacts.create")
def _(c: Prefect) -> Case:
    key = slug()
    body = {"artifacts": {"key": {"any_": [key]}}}
    return Case(
        lambda to: to.artifacts.create(key=key, type="markdown", data="x"), lambda: state(c, "/artifacts/count", body)
    )


@cases.of("artifacts.update")
def _(c: Prefect) -> Case:
    id = c.artifacts.create(key=slug(), data="x").id
    return Case(lambda to: to.artifacts.update(id, data="y"), lambda: state(c, f"/artifacts/{id}"))


@cases.of("artifacts.delete")
def _(c: Prefect) -> Case:
    id = c.artifacts.create(key=slug(), data="x").id
    return Case(lambda to: to.artifacts.delete(id), lambda: state(c, f"/artifacts/{id}"))
