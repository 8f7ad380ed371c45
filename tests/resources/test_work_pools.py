from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from prefectkit.errors import Conflict, Forbidden, NotFound, UnaddressableNameError, UnprocessableEntity
from prefectkit.models import Scheduled, WorkPoolStatus
from prefectkit.models.filters import WorkPoolFilter, WorkPoolFilterName, WorkPoolFilterType
from tests.resources.runs import new_deployment
from tests.resources.stored import AWKWARD, FORBIDDEN, slug
from tests.surfaces import Awaited, Sent
from tests.versions import at_least

pytestmark = pytest.mark.anyio

TEMPLATE = {
    "job_configuration": {"command": "{{ command }}"},
    "variables": {"type": "object", "properties": {"command": {"type": "string", "default": "ls"}}},
}


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    name = slug()
    pool = await client.work_pools.create(name=name, type="process", base_job_template=TEMPLATE, concurrency_limit=2)
    assert sent.last == (
        "POST",
        "/work_pools/",
        {"name": name, "type": "process", "base_job_template": TEMPLATE, "concurrency_limit": 2},
    )
    read = await client.work_pools.read(name)
    assert (read.id, read.base_job_template, read.concurrency_limit) == (pool.id, TEMPLATE, 2)
    # Older servers do not say.
    assert read.active_slots == (0 if at_least("3.6") else None)
    assert (read.status, read.default_queue_id) == (WorkPoolStatus.NOT_READY, pool.default_queue_id)
    with pytest.raises(Conflict):
        await client.work_pools.create(name=name)

    assert await client.work_pools.update(name, is_paused=True, concurrency_limit=None) is None
    assert sent.last == ("PATCH", f"/work_pools/{name}", {"is_paused": True, "concurrency_limit": None})
    stored = (await client.request("GET", f"/work_pools/{name}")).json()
    assert (stored["is_paused"], stored["concurrency_limit"], stored["type"]) == (True, None, "process")

    assert await client.work_pools.delete(name) is None
    for call in (client.work_pools.read, client.work_pools.delete, client.work_pools.update):
        with pytest.raises(NotFound, match=name):
            await call(name)


async def test_list_iterate_and_count(client: Awaited, sent: Sent) -> None:
    names = sorted([(await client.work_pools.create(name=slug(), type="process")).name for _ in range(3)])
    these = WorkPoolFilter(name=WorkPoolFilterName(any_=names))
    assert await client.work_pools.count(work_pools=these) == 3
    page = await client.work_pools.list(work_pools=these, limit=2, offset=1)
    assert [it.name for it in page] == names[1:]
    assert sent.last[2] == {"work_pools": {"name": {"any_": names}}, "limit": 2, "offset": 1}
    assert [it.name async for it in client.work_pools.iterate(work_pools=these)] == names
    other = WorkPoolFilter(name=WorkPoolFilterName(any_=names), type=WorkPoolFilterType(any_=["docker"]))
    assert await client.work_pools.list(work_pools=other) == []


async def test_runs_that_wait_for_workers(client: Awaited, sent: Sent) -> None:
    pool = await client.work_pools.create(name=slug(), concurrency_limit=3)
    deployment = await new_deployment(client, work_pool_name=pool.name)
    due = datetime.now(UTC) - timedelta(minutes=1)
    run = await client.deployments.create_flow_run(deployment.id, state=Scheduled(due))
    later = due + timedelta(days=9)
    await client.deployments.create_flow_run(deployment.id, state=Scheduled(later))

    (found,) = await client.work_pools.get_scheduled_flow_runs(
        pool.name, work_queue_names=["default"], scheduled_before=due + timedelta(days=1), limit=5
    )
    assert sent.last[1] == f"/work_pools/{pool.name}/get_scheduled_flow_runs"
    assert sent.last[2].keys() == {"work_queue_names", "scheduled_before", "limit"}
    assert (found.flow_run.id, found.work_pool_id, found.work_queue_id) == (run.id, pool.id, pool.default_queue_id)
    assert len(await client.work_pools.get_scheduled_flow_runs(pool.name)) == 2

    status = await client.work_pools.concurrency_status(pool.name, page=1, limit=5, flow_run_limit=1)
    assert sent.last[1:] == (
        f"/work_pools/{pool.name}/concurrency_status",
        {"page": 1, "limit": 5, "flow_run_limit": 1},
    )
    assert (status.concurrency_limit, status.active_slots, status.count) == (3, 0, 1)
    assert [(it.queue_name, it.queue_id) for it in status.queues] == [("default", pool.default_queue_id)]
    for call in (client.work_pools.get_scheduled_flow_runs, client.work_pools.concurrency_status):
        with pytest.raises(NotFound):
            await call(slug())


async def test_awkward_names(client: Awaited, sent: Sent) -> None:
    for text in AWKWARD:
        pool = await client.work_pools.create(name=text)
        await client.work_pools.update(text, description="changed")
        read = await client.work_pools.read(text)
        assert (read.id, read.description) == (pool.id, "changed")
        queue = await client.work_pools.queues.create(text, name=text)
        assert (await client.work_pools.queues.read(text, text)).id == queue.id
        await client.work_pools.workers.heartbeat(text, name=text)
        assert [it.name for it in await client.work_pools.workers.list(text)] == [text]
        await client.work_pools.workers.delete(text, text)
        await client.work_pools.queues.delete(text, text)
        await client.work_pools.delete(text)
    for text in FORBIDDEN:
        with pytest.raises(UnprocessableEntity):
            await client.work_pools.create(name=text)
    before = len(sent.requests)
    for text in ("..", ".", "", "a/b", "../../variables"):
        for call in (client.work_pools.read, client.work_pools.delete, client.work_pools.workers.list):
            with pytest.raises(UnaddressableNameError):
                await call(text)
    assert len(sent.requests) == before


async def test_pools_of_the_server(client: Awaited) -> None:
    with pytest.raises(Forbidden, match="reserved"):
        await client.work_pools.create(name="Prefect it")
    with pytest.raises(Forbidden, match="reserved"):
        await client.work_pools.delete("prefect it")
