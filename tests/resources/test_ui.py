from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from prefectkit.errors import NotFound, UnprocessableEntity
from prefectkit.models import Completed, Running, Scheduled, SchemaValuePropertyError, StateType
from prefectkit.models.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    TaskRunFilter,
    TaskRunFilterId,
    TaskRunFilterStartTime,
)
from tests.resources.runs import new_deployment, new_flow, new_run, new_task_run
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


def of(*ids: object) -> FlowRunFilter:
    return FlowRunFilter(id=FlowRunFilterId(any_=[*ids]))


async def test_flows(client: Awaited, sent: Sent) -> None:
    deployment, bare = await new_deployment(client), await new_flow(client)
    await new_deployment(client, flow_id=deployment.flow_id)
    ids = [deployment.flow_id, bare.id]
    assert await client.ui.count_deployments_by_flow(flow_ids=ids) == {deployment.flow_id: 2, bare.id: 0}
    assert sent.last == ("POST", "/ui/flows/count-deployments", {"flow_ids": [str(id) for id in ids]})

    soon = datetime(2040, 1, 1, tzinfo=UTC)
    for at in (soon + timedelta(days=1), soon):
        run = await new_run(client, flow_id=deployment.flow_id, state=Scheduled(at))
    found = await client.ui.next_runs_by_flow(flow_ids=ids)
    assert sent.last[1] == "/ui/flows/next-runs"
    assert found[bare.id] is None
    next_run = found[deployment.flow_id]
    assert (next_run.id, next_run.flow_id, next_run.name) == (run.id, deployment.flow_id, run.name)
    assert (next_run.state_type, next_run.next_scheduled_start_time) == (StateType.SCHEDULED, soon)


async def test_flow_runs(client: Awaited, sent: Sent) -> None:
    run = await new_run(client, state=Running())
    other = await new_run(client)
    for _ in range(2):
        await new_task_run(client, flow_run_id=run.id)
    assert await client.ui.count_task_runs_by_flow_run(flow_run_ids=[run.id, other.id]) == {run.id: 2, other.id: 0}
    assert sent.last[1] == "/ui/flow_runs/count-task-runs"

    (bar,) = await client.ui.flow_run_history(flow_runs=of(run.id, other.id), sort="ID_DESC", limit=1)
    assert sent.last[1] == "/ui/flow_runs/history" and sent.last[2].keys() == {"flow_runs", "sort", "limit"}
    bars = {it.id: it for it in await client.ui.flow_run_history(flow_runs=of(run.id, other.id))}
    assert bars.keys() == {run.id, other.id} and bar.id in bars
    assert bars[run.id].state_type is StateType.RUNNING
    assert isinstance(bars[run.id].duration, timedelta) and isinstance(bars[run.id].lateness, timedelta)


async def test_task_runs(client: Awaited, sent: Sent) -> None:
    run = await new_run(client, state=Running())
    done, waiting = [await new_task_run(client, flow_run_id=run.id) for _ in range(2)]
    await client.task_runs.set_state(done.id, Running())
    await client.task_runs.set_state(done.id, Completed())

    read = await client.ui.read_task_run(done.id)
    assert (read.id, read.flow_run_name, read.task_key) == (done.id, run.name, done.task_key)
    with pytest.raises(NotFound):
        await client.ui.read_task_run(uuid4())

    these = TaskRunFilter(id=TaskRunFilterId(any_=[done.id, waiting.id]))
    counts = await client.ui.count_task_runs_by_state(task_runs=these)
    assert (counts.COMPLETED, counts.PENDING, counts.FAILED) == (1, 1, 0)

    now = datetime.now(UTC)
    hours = TaskRunFilter(
        id=TaskRunFilterId(any_=[done.id]),
        start_time=TaskRunFilterStartTime(after_=now - timedelta(hours=1), before_=now + timedelta(hours=1)),
    )
    spans = await client.ui.dashboard_task_run_counts(task_runs=hours)
    assert sent.last[1] == "/ui/task_runs/dashboard/counts"
    assert (len(spans), sum(it.completed for it in spans), sum(it.failed for it in spans)) == (20, 1, 0)
    with pytest.raises(UnprocessableEntity, match="after_"):
        await client.ui.dashboard_task_run_counts(task_runs=these)


async def test_schema_values(client: Awaited, sent: Sent) -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "list": {"type": "array", "items": {"type": "string"}}},
        "required": ["n"],
    }
    good = await client.ui.validate_schema_values(schema=schema, values={"n": 1, "list": ["a"]})
    assert (good.valid, good.errors) == (True, [])
    assert sent.last == ("POST", "/ui/schemas/validate", {"schema": schema, "values": {"n": 1, "list": ["a"]}})
    bad = await client.ui.validate_schema_values(schema=schema, values={"n": "no", "list": ["a", 2]})
    assert bad.valid is False
    faults = {it.property: it.errors for it in bad.errors if isinstance(it, SchemaValuePropertyError)}
    assert faults.keys() == {"n", "list"}
    assert faults["list"][0].index == 1
    with pytest.raises(UnprocessableEntity):
        await client.ui.validate_schema_values(schema={"type": "no such type"}, values={})
