from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from prefectkit.errors import (
    AmbiguousOutcomeError,
    BadRequest,
    Conflict,
    InvalidParameterError,
    NotFound,
    UnprocessableEntity,
)
from prefectkit.models.flow_runs import FlowRun
from prefectkit.models.logs import LogCreate
from prefectkit.models.orchestration import SetStateStatus
from prefectkit.models.state_constructors import Completed, Paused, Running, Scheduled
from prefectkit.models.states import StateCreate, StateDetails, StateType
from prefectkit.models.task_runs import TaskRunResult
from tests.resources.runs import new_flow, new_run, new_task_run, record, these, unique, when_free
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio

RUN = "/flow_runs/{id}"


async def test_create_sends_what_was_given_and_a_key_of_its_own(client: Awaited, sent: Sent) -> None:
    flow = await new_flow(client)
    name = unique()
    run = await client.flow_runs.create(flow_id=flow.id, name=name, parameters={"x": [1, "ü"]}, tags=["a"])
    method, target, body = sent.last
    assert (method, target) == ("POST", "/flow_runs/")
    key = body.pop("idempotency_key")
    assert body == {"flow_id": str(flow.id), "name": name, "parameters": {"x": [1, "ü"]}, "tags": ["a"]}
    stored = await record(client, RUN, run.id)
    assert (stored["name"], stored["idempotency_key"]) == (name, key)
    assert stored["parameters"] == run.parameters == {"x": [1, "ü"]}
    assert run.state is not None and run.state.type is StateType.PENDING


async def test_create_makes_one_run_for_each_key(client: Awaited) -> None:
    flow = await new_flow(client)
    key = unique()
    first = await new_run(client, flow_id=flow.id, idempotency_key=key)
    again = await new_run(client, flow_id=flow.id, idempotency_key=key)
    other = await new_run(client, flow_id=flow.id)
    assert first.id == again.id != other.id
    without = await new_run(client, flow_id=flow.id, idempotency_key=None)
    assert (await record(client, RUN, without.id))["idempotency_key"] not in (None, key, other.idempotency_key)


async def test_create_needs_a_flow(client: Awaited) -> None:
    with pytest.raises(Conflict):
        await client.flow_runs.create(flow_id=uuid4())


async def test_create_begins_in_the_state_that_is_given(client: Awaited) -> None:
    at = datetime(2040, 1, 2, tzinfo=UTC)
    run = await new_run(client, state=Scheduled(at, message="later"))
    stored = (await record(client, RUN, run.id))["state"]
    assert (stored["type"], stored["message"]) == ("SCHEDULED", "later")
    assert run.next_scheduled_start_time == at


async def test_read_takes_an_id_as_text(client: Awaited) -> None:
    run = await new_run(client)
    for id in (run.id, str(run.id), run.id.hex):
        assert (await client.flow_runs.read(id)).name == run.name
    with pytest.raises(NotFound):
        await client.flow_runs.read(uuid4())


async def test_an_id_that_is_none_is_not_sent(client: Awaited, sent: Sent) -> None:
    with pytest.raises(InvalidParameterError, match=r"\.\./flows"):
        await client.flow_runs.delete("../flows")
    assert not sent.requests


async def test_update_leaves_alone_what_is_not_given(client: Awaited, sent: Sent) -> None:
    run = await new_run(client, tags=["a"], parameters={"x": 1})
    name = unique()
    assert await client.flow_runs.update(run.id, name=name) is None
    assert sent.last == ("PATCH", f"/flow_runs/{run.id}", {"name": name})
    stored = await record(client, RUN, run.id)
    assert (stored["name"], stored["tags"], stored["parameters"]) == (name, ["a"], {"x": 1})
    with pytest.raises(BadRequest, match="PENDING"):
        await client.flow_runs.update(run.id, job_variables={"a": 1})
    with pytest.raises(NotFound):
        await client.flow_runs.update(uuid4(), name=name)


async def test_update_labels_adds_to_the_labels(client: Awaited, sent: Sent) -> None:
    run = await new_run(client, labels={"a": 1, "b": "x"})
    await client.flow_runs.update_labels(run.id, {"b": True, "c": 0.5})
    assert sent.last == ("PATCH", f"/flow_runs/{run.id}/labels", {"b": True, "c": 0.5})
    labels = (await record(client, RUN, run.id))["labels"]
    assert (labels["a"], labels["b"], labels["c"]) == (1, True, 0.5)
    with pytest.raises(NotFound):
        await client.flow_runs.update_labels(uuid4(), {"a": 1})


async def test_delete(client: Awaited) -> None:
    run = await new_run(client)
    await client.flow_runs.delete(run.id)
    with pytest.raises(NotFound):
        await record(client, RUN, run.id)
    with pytest.raises(NotFound):
        await client.flow_runs.delete(run.id)


async def three(client: Awaited) -> list[FlowRun]:
    flow = await new_flow(client)
    return [await new_run(client, flow_id=flow.id, name=name) for name in ("a", "b", "c")]


async def test_list_gives_one_page(client: Awaited, sent: Sent) -> None:
    runs = await three(client)
    page = await client.flow_runs.list(flow_runs=these(*runs), sort="NAME_DESC", limit=2, offset=1)
    assert [run.name for run in page] == ["b", "a"]
    assert sent.last[2] == {
        "flow_runs": {"id": {"any_": [str(run.id) for run in runs]}},
        "sort": "NAME_DESC",
        "limit": 2,
        "offset": 1,
    }
    with pytest.raises(UnprocessableEntity):
        await client.flow_runs.list(limit=100_000)


async def test_iterate_yields_all_of_them(client: Awaited, sent: Sent) -> None:
    runs = await three(client)
    seen = [run.name async for run in client.flow_runs.iterate(flow_runs=these(*runs), sort="NAME_ASC")]
    assert seen == ["a", "b", "c"]
    assert {target for _, target, _ in sent.requests[-2:]} == {"/flow_runs/filter"}
    assert [body["offset"] for _, _, body in sent.requests[-2:]] == [0, 3]
    first = [run.name async for run in client.flow_runs.iterate(flow_runs=these(*runs), sort="NAME_ASC", limit=1)]
    assert first == ["a"]


async def test_paginate_and_count(client: Awaited) -> None:
    runs = await three(client)
    page = await client.flow_runs.paginate(flow_runs=these(*runs), sort="NAME_ASC", limit=2, page=2)
    assert [run.name for run in page.results] == ["c"]
    assert (page.count, page.pages, page.page, page.limit) == (3, 2, 2, 2)
    assert await client.flow_runs.count(flow_runs=these(*runs[:2])) == 2


async def test_lateness_is_in_seconds(client: Awaited) -> None:
    run = await new_run(client, state=Scheduled(datetime.now(UTC) - timedelta(hours=1)))
    late = await client.flow_runs.lateness(flow_runs=these(run))
    assert 3590 < late < 3900
    await client.flow_runs.delete(run.id)
    assert await client.flow_runs.lateness(flow_runs=these(run)) is None


async def test_history_counts_by_state(client: Awaited, sent: Sent) -> None:
    run = await new_run(client)
    now = datetime.now(UTC)
    history = await client.flow_runs.history(
        history_start=now - timedelta(hours=1),
        history_end=now + timedelta(hours=1),
        history_interval_seconds=timedelta(minutes=30),
        flow_runs=these(run),
    )
    assert sent.last[2]["history_interval_seconds"] == 1800
    # Some servers are microseconds off.
    lengths = [entry.interval_end - entry.interval_start for entry in history[:4]]
    assert [round(length.total_seconds()) for length in lengths] == [1800] * 4
    counted = [(state.state_type, state.count_runs) for entry in history for state in entry.states]
    assert counted == [(StateType.PENDING, 1)]
    with pytest.raises(UnprocessableEntity, match="1 second"):
        await client.flow_runs.history(history_start=now, history_end=now, history_interval_seconds=0.5)


async def test_set_state_gives_each_change_an_id(client: Awaited, sent: Sent) -> None:
    run = await new_run(client)
    result = await client.flow_runs.set_state(run.id, Running(message="go"))
    method, target, body = sent.last
    assert (method, target) == ("POST", f"/flow_runs/{run.id}/set_state")
    assert body["force"] is False
    assert (body["state"]["type"], body["state"]["message"]) == ("RUNNING", "go")
    first = body["state"]["state_details"]["transition_id"]
    assert result.status is SetStateStatus.ACCEPT
    stored = (await record(client, RUN, run.id))["state"]
    assert (stored["id"], stored["type"], stored["message"]) == (str(result.state.id), "RUNNING", "go")
    assert stored["state_details"]["transition_id"] == first
    # A state that was read is set as a change of its own.
    await client.flow_runs.set_state(run.id, result.state)
    assert sent.last[2]["state"]["state_details"]["transition_id"] != first


async def test_set_state_returns_what_the_server_did_instead(client: Awaited, sent: Sent) -> None:
    run = await new_run(client, state=Scheduled(datetime.now(UTC) + timedelta(hours=1)))
    delayed = await client.flow_runs.set_state(run.id, Running())
    assert delayed.status is SetStateStatus.WAIT
    assert 3000 < delayed.details.delay_seconds <= 3600
    assert (await record(client, RUN, run.id))["state_type"] == "SCHEDULED"
    forced = await client.flow_runs.set_state(run.id, Running(), force=True)
    assert sent.last[2]["force"] is True
    assert forced.status is SetStateStatus.ACCEPT
    assert (await record(client, RUN, run.id))["state_type"] == "RUNNING"
    with pytest.raises(NotFound):
        await client.flow_runs.set_state(uuid4(), Running())


async def test_a_change_that_was_made_already_counts_as_accepted(client: Awaited) -> None:
    run = await new_run(client)
    change = StateCreate(type=StateType.RUNNING, state_details=StateDetails(transition_id=uuid4()))
    first = await client.flow_runs.set_state(run.id, change)
    again = await client.flow_runs.set_state(run.id, change)
    assert first.status is again.status is SetStateStatus.ACCEPT
    assert again.details.type == "accept_details"
    assert first.state.id == again.state.id
    assert (await record(client, RUN, run.id))["run_count"] == 1


async def test_resume(client: Awaited) -> None:
    run = await new_run(client)
    await client.flow_runs.set_state(run.id, Running())
    await client.flow_runs.set_state(run.id, Paused(timeout_seconds=3600))
    result = await when_free(client.flow_runs.resume, run.id)
    assert (result.status, result.state.type) == (SetStateStatus.ACCEPT, StateType.RUNNING)
    assert (await record(client, RUN, run.id))["state_type"] == "RUNNING"
    assert (await when_free(client.flow_runs.resume, run.id)).status is SetStateStatus.ABORT
    with pytest.raises(AmbiguousOutcomeError):
        await when_free(client.flow_runs.resume, uuid4())


async def test_resume_checks_and_stores_the_input(client: Awaited, sent: Sent) -> None:
    run = await new_run(client)
    keys = {"schema": "p-schema", "response": "p-response"}
    schema = '{"type": "object", "properties": {"x": {"type": "integer"}}}'
    await client.flow_runs.set_state(run.id, Running())
    # From Prefect 3.9 on, a pause removes inputs of its keys that were there before.
    await client.flow_runs.set_state(run.id, Paused(state_details=StateDetails(run_input_keyset=keys)))
    await when_free(client.flow_runs.inputs.create, run.id, key=keys["schema"], value=schema)
    wrong = await when_free(client.flow_runs.resume, run.id, run_input={"x": "one"})
    assert wrong.status is SetStateStatus.REJECT
    result = await when_free(client.flow_runs.resume, run.id, run_input={"x": 1})
    assert sent.last == ("POST", f"/flow_runs/{run.id}/resume", {"run_input": {"x": 1}})
    assert result.status is SetStateStatus.ACCEPT
    assert await client.flow_runs.inputs.read(run.id, keys["response"]) == '{"x":1}'


async def test_graphs(client: Awaited, sent: Sent) -> None:
    run = await new_run(client)
    up = await new_task_run(client, flow_run_id=run.id, name="up", state=Running())
    inputs = {"x": [TaskRunResult(id=up.id)]}
    down = await new_task_run(client, flow_run_id=run.id, name="down", state=Running(), task_inputs=inputs)

    first = {entry.name: entry for entry in await client.flow_runs.graph(run.id)}
    assert [it.id for it in first["down"].upstream_dependencies] == [up.id]
    assert first["up"].upstream_dependencies == []

    graph = await client.flow_runs.graph_v2(run.id)
    assert sent.last[1] == f"/flow_runs/{run.id}/graph-v2"
    nodes = dict(graph.nodes)
    assert graph.root_node_ids == [up.id]
    assert [edge.id for edge in nodes[down.id].parents] == [up.id]
    assert nodes[up.id].kind == "task-run"


async def test_graph_since_a_moment(client: Awaited, sent: Sent) -> None:
    run = await new_run(client)
    task_run = await new_task_run(client, flow_run_id=run.id, state=Running())
    await when_free(client.task_runs.set_state, task_run.id, Completed())
    later = datetime.now(UTC) + timedelta(hours=1)
    assert (await client.flow_runs.graph_v2(run.id, since=later)).nodes == []
    assert "+" not in sent.last[1] and "since=" in sent.last[1]
    assert len((await client.flow_runs.graph_v2(run.id, since=later - timedelta(days=1))).nodes) == 1
    with pytest.raises(InvalidParameterError, match="since has no time zone"):
        await client.flow_runs.graph_v2(run.id, since=later.replace(tzinfo=None))


@pytest.mark.parametrize("name", ["graph", "graph_v2"])
async def test_no_graph_without_a_run(client: Awaited, name: str) -> None:
    with pytest.raises(NotFound):
        await getattr(client.flow_runs, name)(uuid4())


async def test_download_logs(client: Awaited, sent: Sent) -> None:
    run = await new_run(client)
    now = datetime.now(UTC)
    texts = ["plain", 'a "quoted", ünïcödé\nline']
    logs = [
        LogCreate(name="x", level=20, message=text, timestamp=now + timedelta(seconds=at), flow_run_id=run.id)
        for at, text in enumerate(texts)
    ]
    await when_free(client.logs.create, logs)
    data = b"".join([chunk async for chunk in client.flow_runs.download_logs(run.id)])
    assert sent.last == ("GET", f"/flow_runs/{run.id}/logs/download", None)
    rows = list(csv.DictReader(data.decode().splitlines(keepends=True)))
    assert [row["message"] for row in rows] == texts
    assert {row["flow_run_id"] for row in rows} == {str(run.id)}


async def test_no_logs_to_download_without_a_run(client: Awaited) -> None:
    with pytest.raises(NotFound):
        [chunk async for chunk in client.flow_runs.download_logs(uuid4())]


async def test_bulk_delete(client: Awaited, sent: Sent) -> None:
    runs = await three(client)
    result = await when_free(client.flow_runs.bulk_delete, flow_runs=these(*runs[:2]), limit=50)
    assert set(result.deleted) == {run.id for run in runs[:2]}
    assert sent.last[2]["limit"] == 50
    assert await client.flow_runs.count(flow_runs=these(*runs)) == 1


async def test_bulk_set_state(client: Awaited, sent: Sent) -> None:
    runs = await three(client)
    result = await when_free(client.flow_runs.bulk_set_state, flow_runs=these(*runs), state=Running(message="all"))
    assert sent.last[1] == "/flow_runs/bulk_set_state"
    assert sent.last[2]["state"] == {"type": "RUNNING", "message": "all"}
    assert {one.flow_run_id for one in result.results} == {run.id for run in runs}
    assert {one.status for one in result.results} == {SetStateStatus.ACCEPT}
    for run in runs:
        assert (await record(client, RUN, run.id))["state"]["message"] == "all"
