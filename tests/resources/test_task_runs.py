from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from prefectkit.errors import Conflict, NotFound, UnprocessableEntity
from prefectkit.models.filters.task_runs import TaskRunFilter, TaskRunFilterId
from prefectkit.models.orchestration import SetStateStatus
from prefectkit.models.state_constructors import Completed, Pending, Running
from prefectkit.models.states import StateType
from prefectkit.models.task_runs import TaskRun
from tests.resources.runs import new_run, new_task_run, record, unique, when_free
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio

RUN = "/task_runs/{id}"


def these(*runs: TaskRun) -> TaskRunFilter:
    return TaskRunFilter(id=TaskRunFilterId(any_=[run.id for run in runs]))


async def test_create_finds_a_run_by_its_keys(client: Awaited, sent: Sent) -> None:
    flow_run = await new_run(client)
    key = unique()
    run = await client.task_runs.create(flow_run_id=flow_run.id, task_key=key, dynamic_key="0", name="one", tags=["a"])
    assert sent.last == (
        "POST",
        "/task_runs/",
        {"name": "one", "flow_run_id": str(flow_run.id), "task_key": key, "dynamic_key": "0", "tags": ["a"]},
    )
    stored = await record(client, RUN, run.id)
    assert (stored["name"], stored["task_key"], stored["flow_run_id"]) == ("one", key, str(flow_run.id))
    again = await client.task_runs.create(flow_run_id=flow_run.id, task_key=key, dynamic_key="0", name="two")
    other = await client.task_runs.create(flow_run_id=flow_run.id, task_key=key, dynamic_key="1")
    assert (again.id, again.name) == (run.id, "one")
    assert other.id != run.id


async def test_create_takes_an_id_and_does_without_a_flow_run(client: Awaited) -> None:
    id = uuid4()
    run = await new_task_run(client, id=id, flow_run_id=None)
    assert (run.id, run.flow_run_id) == (id, None)
    assert (await record(client, RUN, id))["flow_run_id"] is None
    with pytest.raises(Conflict):
        await new_task_run(client, flow_run_id=uuid4())


async def test_read(client: Awaited) -> None:
    run = await new_task_run(client)
    read = await client.task_runs.read(str(run.id))
    assert (read.id, read.task_key, read.state.type) == (run.id, run.task_key, StateType.PENDING)
    with pytest.raises(NotFound):
        await client.task_runs.read(uuid4())


async def test_update(client: Awaited, sent: Sent) -> None:
    run = await new_task_run(client, tags=["a"])
    await client.task_runs.update(run.id, name="other")
    assert sent.last == ("PATCH", f"/task_runs/{run.id}", {"name": "other"})
    stored = await record(client, RUN, run.id)
    assert (stored["name"], stored["tags"]) == ("other", ["a"])
    with pytest.raises(NotFound):
        await client.task_runs.update(uuid4(), name="other")


async def test_delete(client: Awaited) -> None:
    run = await new_task_run(client)
    await client.task_runs.delete(run.id)
    with pytest.raises(NotFound):
        await record(client, RUN, run.id)
    with pytest.raises(NotFound):
        await client.task_runs.delete(run.id)


async def three(client: Awaited) -> list[TaskRun]:
    flow_run = await new_run(client)
    return [await new_task_run(client, flow_run_id=flow_run.id, name=name) for name in ("a", "b", "c")]


async def test_list_gives_one_page(client: Awaited, sent: Sent) -> None:
    runs = await three(client)
    page = await client.task_runs.list(task_runs=these(*runs), sort="NAME_DESC", limit=2, offset=1)
    assert [run.name for run in page] == ["b", "a"]
    assert sent.last[2] == {
        "task_runs": {"id": {"any_": [str(run.id) for run in runs]}},
        "sort": "NAME_DESC",
        "limit": 2,
        "offset": 1,
    }
    with pytest.raises(UnprocessableEntity):
        await client.task_runs.list(limit=100_000)


async def test_iterate_yields_all_of_them(client: Awaited, sent: Sent) -> None:
    runs = await three(client)
    seen = [run.name async for run in client.task_runs.iterate(task_runs=these(*runs), sort="NAME_ASC")]
    assert seen == ["a", "b", "c"]
    assert [(target, body["offset"]) for _, target, body in sent.requests[-2:]] == [
        ("/task_runs/filter", 0),
        ("/task_runs/filter", 3),
    ]


async def test_paginate_and_count(client: Awaited) -> None:
    runs = await three(client)
    page = await client.task_runs.paginate(task_runs=these(*runs), sort="NAME_ASC", limit=2, page=2)
    assert [run.name for run in page.results] == ["c"]
    assert (page.count, page.pages, page.page, page.limit) == (3, 2, 2, 2)
    assert await client.task_runs.count(task_runs=these(*runs[:2])) == 2


async def test_history_counts_by_state(client: Awaited, sent: Sent) -> None:
    run = await new_task_run(client, state=Running())
    now = datetime.now(UTC)
    history = await client.task_runs.history(
        history_start=now - timedelta(hours=1),
        history_end=now + timedelta(hours=1),
        history_interval_seconds=timedelta(minutes=30),
        task_runs=these(run),
    )
    assert sent.last[2]["history_interval_seconds"] == 1800
    counted = [(state.state_type, state.count_runs) for entry in history for state in entry.states]
    assert counted == [(StateType.RUNNING, 1)]
    with pytest.raises(UnprocessableEntity, match="1 second"):
        await client.task_runs.history(history_start=now, history_end=now, history_interval_seconds=0.5)


async def test_set_state(client: Awaited, sent: Sent) -> None:
    run = await new_task_run(client)
    result = await when_free(client.task_runs.set_state, run.id, Running(message="go"))
    method, target, body = sent.last
    assert (method, target, body["force"]) == ("POST", f"/task_runs/{run.id}/set_state", False)
    assert result.status is SetStateStatus.ACCEPT
    stored = (await record(client, RUN, run.id))["state"]
    assert (stored["id"], stored["type"], stored["message"]) == (str(result.state.id), "RUNNING", "go")
    await when_free(client.task_runs.set_state, run.id, Completed(data={"type": "unpersisted"}))
    forced = await when_free(client.task_runs.set_state, run.id, Pending(), force=True)
    assert sent.last[2]["force"] is True
    assert forced.status is SetStateStatus.ACCEPT
    assert (await record(client, RUN, run.id))["state_type"] == "PENDING"
    with pytest.raises(NotFound):
        await when_free(client.task_runs.set_state, uuid4(), Running())
