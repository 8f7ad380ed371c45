from __future__ import annotations

import pytest

from prefectkit.errors import Conflict, NotFound, UnaddressableNameError
from prefectkit.models import WorkQueueStatus
from prefectkit.models.filters import WorkQueueFilter, WorkQueueFilterName
from tests.resources.stored import slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    pool = await client.work_pools.create(name=slug())
    queue = await client.work_pools.queues.create(pool.name, name="a", priority=2, concurrency_limit=3)
    path = f"/work_pools/{pool.name}/queues"
    assert sent.last == ("POST", path, {"name": "a", "priority": 2, "concurrency_limit": 3})
    read = await client.work_pools.queues.read(pool.name, "a")
    assert (read.id, read.work_pool_id, read.work_pool_name) == (queue.id, pool.id, pool.name)
    assert (read.priority, read.concurrency_limit, read.status) == (2, 3, WorkQueueStatus.NOT_READY)
    with pytest.raises(Conflict):
        await client.work_pools.queues.create(pool.name, name="a")

    assert await client.work_pools.queues.update(pool.name, "a", is_paused=True, priority=1) is None
    assert sent.last == ("PATCH", f"{path}/a", {"is_paused": True, "priority": 1})
    assert await client.work_pools.queues.update(pool.name, "a", name="b") is None
    stored = (await client.request("GET", f"{path}/b")).json()
    assert (stored["id"], stored["is_paused"], stored["priority"]) == (str(queue.id), True, 1)
    assert stored["concurrency_limit"] == 3

    assert await client.work_pools.queues.delete(pool.name, "b") is None
    for call in (client.work_pools.queues.read, client.work_pools.queues.delete, client.work_pools.queues.update):
        with pytest.raises(NotFound):
            await call(pool.name, "b")


async def test_list_and_iterate(client: Awaited, sent: Sent) -> None:
    pool = await client.work_pools.create(name=slug())
    for name in ("a", "b", "c"):
        await client.work_pools.queues.create(pool.name, name=name)
    these = WorkQueueFilter(name=WorkQueueFilterName(any_=["a", "b", "c"]))
    page = await client.work_pools.queues.list(pool.name, work_queues=these, limit=2, offset=1)
    assert [it.name for it in page] == ["b", "c"]
    assert sent.last[1:] == (
        f"/work_pools/{pool.name}/queues/filter",
        {"work_queues": {"name": {"any_": ["a", "b", "c"]}}, "limit": 2, "offset": 1},
    )
    seen = [it.name async for it in client.work_pools.queues.iterate(pool.name)]
    assert seen == ["default", "a", "b", "c"]


async def test_refusals(client: Awaited) -> None:
    pool = slug()
    with pytest.raises(NotFound):
        await client.work_pools.queues.create(pool, name="a")
    with pytest.raises(NotFound):
        await client.work_pools.queues.list(pool)
    for pair in ((pool, ".."), ("..", "a"), (pool, ""), (pool, "a/b")):
        with pytest.raises(UnaddressableNameError):
            await client.work_pools.queues.delete(*pair)
