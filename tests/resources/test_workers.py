from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from prefectkit.errors import NotFound, UnaddressableNameError
from prefectkit.models import WorkPoolStatus
from prefectkit.models.filters import WorkerFilter, WorkerFilterLastHeartbeatTime, WorkerFilterStatus, WorkerStatus
from tests.resources.stored import slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_from_the_first_heartbeat_on(client: Awaited, sent: Sent) -> None:
    pool = (await client.work_pools.create(name=slug(), type="process")).name
    path = f"/work_pools/{pool}/workers"
    assert await client.work_pools.workers.heartbeat(pool, name="a", heartbeat_interval_seconds=9) is None
    assert sent.last == ("POST", f"{path}/heartbeat", {"name": "a", "heartbeat_interval_seconds": 9})
    for name in ("b", "c", "a"):
        await client.work_pools.workers.heartbeat(pool, name=name)
    assert (await client.work_pools.read(pool)).status is WorkPoolStatus.READY

    workers = [it async for it in client.work_pools.workers.iterate(pool)]
    assert sorted(it.name for it in workers) == ["a", "b", "c"]
    assert {it.status for it in workers} == {WorkerStatus.ONLINE}
    assert all(it.last_heartbeat_time is not None for it in workers)
    online = WorkerFilter(status=WorkerFilterStatus(any_=[WorkerStatus.ONLINE]))
    page = await client.work_pools.workers.list(pool, workers=online, limit=2, offset=1)
    assert sent.last == (
        "POST",
        f"{path}/filter",
        {"workers": {"status": {"any_": ["ONLINE"]}}, "limit": 2, "offset": 1},
    )
    assert len(page) == 2
    later = WorkerFilterLastHeartbeatTime(after_=datetime.now(UTC) + timedelta(hours=1))
    assert await client.work_pools.workers.list(pool, workers=WorkerFilter(last_heartbeat_time=later)) == []

    assert await client.work_pools.workers.delete(pool, "b") is None
    assert sorted(it.name for it in await client.work_pools.workers.list(pool)) == ["a", "c"]
    with pytest.raises(NotFound):
        await client.work_pools.workers.delete(pool, "b")


async def test_refusals(client: Awaited) -> None:
    pool = slug()
    with pytest.raises(NotFound):
        await client.work_pools.workers.heartbeat(pool, name="a")
    with pytest.raises(NotFound):
        await client.work_pools.workers.list(pool)
    for pair in ((pool, ".."), ("..", "a"), (pool, "a/b")):
        with pytest.raises(UnaddressableNameError):
            await client.work_pools.workers.delete(*pair)
