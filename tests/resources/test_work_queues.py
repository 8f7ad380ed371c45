from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from prefectkit.errors import Conflict, NotFound, UnaddressableNameError, UnprocessableEntity
from prefectkit.models import Pending, Scheduled
from prefectkit.models.filters import WorkQueueFilter, WorkQueueFilterName
from tests.resources.runs import new_deployment, record
from tests.resources.stored import AWKWARD, FORBIDDEN, slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    name = slug()
    queue = await client.work_queues.create(name=name, description="old", concurrency_limit=1)
    assert sent.last == ("POST", "/work_queues/", {"name": name, "description": "old", "concurrency_limit": 1})
    for read in (await client.work_queues.read(queue.id), await client.work_queues.read_by_name(name)):
        assert (read.id, read.name, read.concurrency_limit) == (queue.id, name, 1)
    with pytest.raises(Conflict):
        await client.work_queues.create(name=name)

    assert await client.work_queues.update(queue.id, is_paused=True, concurrency_limit=None) is None
    assert sent.last == ("PATCH", f"/work_queues/{queue.id}", {"is_paused": True, "concurrency_limit": None})
    stored = await record(client, "/work_queues/{id}", queue.id)
    assert (stored["is_paused"], stored["concurrency_limit"], stored["description"]) == (True, None, "old")

    assert await client.work_queues.delete(queue.id) is None
    for call in (client.work_queues.read, client.work_queues.delete, client.work_queues.update):
        with pytest.raises(NotFound):
            await call(queue.id)
    with pytest.raises(NotFound):
        await client.work_queues.read_by_name(name)


async def test_list_and_iterate(client: Awaited, sent: Sent) -> None:
    prefix = slug()
    names = [(await client.work_queues.create(name=f"{prefix} {letter}")).name for letter in "abc"]
    these = WorkQueueFilter(name=WorkQueueFilterName(startswith_=[prefix]))
    page = await client.work_queues.list(work_queues=these, limit=2, offset=1)
    assert [it.name for it in page] == names[1:]
    assert sent.last[2] == {"work_queues": {"name": {"startswith_": [prefix]}}, "limit": 2, "offset": 1}
    assert [it.name async for it in client.work_queues.iterate(work_queues=these)] == names
    with pytest.raises(UnprocessableEntity):
        await client.work_queues.list(limit=100_000)


async def test_runs_that_wait(client: Awaited, sent: Sent) -> None:
    pool = await client.work_pools.create(name=slug())
    queue = await client.work_pools.queues.create(pool.name, name=slug(), concurrency_limit=2)
    deployment = await new_deployment(client, work_pool_name=pool.name, work_queue_name=queue.name)
    due = datetime.now(UTC) - timedelta(minutes=1)
    run = await client.deployments.create_flow_run(deployment.id, state=Scheduled(due))
    later = await client.deployments.create_flow_run(deployment.id, state=Scheduled(due + timedelta(days=9)))

    before = due + timedelta(days=1)
    assert [it.id for it in await client.work_queues.get_runs(queue.id, scheduled_before=before)] == [run.id]
    assert sent.last[1] == f"/work_queues/{queue.id}/get_runs"
    assert [it.id for it in await client.work_queues.get_runs(queue.id, limit=2)] == [run.id, later.id]
    health = await client.work_queues.status(queue.id)
    assert sent.last == ("GET", f"/work_queues/{queue.id}/status", None)
    assert health.health_check_policy is not None and health.late_runs_count in (0, 1)

    await client.flow_runs.set_state(run.id, Pending(), force=True)
    status = await client.work_queues.concurrency_status(queue.id, page=1, limit=5)
    assert sent.last[1:] == (f"/work_queues/{queue.id}/concurrency_status", {"page": 1, "limit": 5})
    assert (status.concurrency_limit, status.active_slots) == (2, 1)
    assert [(it.id, it.state_name) for it in status.flow_runs] == [(run.id, "Pending")]
    for call in (client.work_queues.get_runs, client.work_queues.status, client.work_queues.concurrency_status):
        with pytest.raises(NotFound):
            await call(uuid4())


async def test_awkward_names(client: Awaited, sent: Sent) -> None:
    for text in AWKWARD:
        queue = await client.work_queues.create(name=text)
        assert (await client.work_queues.read_by_name(text)).id == queue.id
        await client.work_queues.delete(queue.id)
    for text in FORBIDDEN:
        with pytest.raises(UnprocessableEntity):
            await client.work_queues.create(name=text)
    before = len(sent.requests)
    for text in ("..", ".", "", "a/b", "../../variables"):
        with pytest.raises(UnaddressableNameError):
            await client.work_queues.read_by_name(text)
    assert len(sent.requests) == before
