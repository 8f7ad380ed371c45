from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import Conflict, Locked, NotFound, StatusError, UnaddressableNameError, UnprocessableEntity
from prefectkit.models import ConcurrencyLeaseHolder
from tests.resources.runs import record
from tests.resources.stored import AWKWARD, FORBIDDEN, slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio

LIMIT = "/v2/concurrency_limits/{id}"


async def taken(client: Awaited, name: str) -> int:
    return (await client.global_concurrency_limits.read(name)).active_slots


async def new_limit(client: Awaited, limit: int = 5, **fields: float) -> str:
    name = slug()
    await client.global_concurrency_limits.create(name=name, limit=limit, **fields)
    return name


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    name = slug()
    limit = await client.global_concurrency_limits.create(name=name, limit=3, slot_decay_per_second=0.5)
    assert sent.last == ("POST", "/v2/concurrency_limits/", {"name": name, "limit": 3, "slot_decay_per_second": 0.5})
    assert (limit.active, limit.denied_slots) == (True, 0)
    for key in (limit.id, str(limit.id), name):
        assert (await client.global_concurrency_limits.read(key)).id == limit.id
    with pytest.raises(Conflict):
        await client.global_concurrency_limits.create(name=name, limit=3)

    assert await client.global_concurrency_limits.update(name, active=False) is None
    assert sent.last == ("PATCH", f"/v2/concurrency_limits/{name}", {"active": False})
    assert await client.global_concurrency_limits.update(limit.id, name=f"{name}-new") is None
    stored = await record(client, LIMIT, limit.id)
    assert (stored["name"], stored["limit"], stored["active"]) == (f"{name}-new", 3, False)

    assert await client.global_concurrency_limits.delete(f"{name}-new") is None
    for call in (client.global_concurrency_limits.read, client.global_concurrency_limits.delete):
        with pytest.raises(NotFound):
            await call(limit.id)
    with pytest.raises(NotFound):
        await client.global_concurrency_limits.update(limit.id, limit=1)


async def test_slots(client: Awaited, sent: Sent) -> None:
    name = await new_limit(client)
    (entry,) = await client.global_concurrency_limits.increment(names=[name, slug()], slots=3, mode="concurrency")
    assert (entry.name, entry.limit) == (name, 5)
    assert (sent.last[1], sent.last[2]["slots"]) == ("/v2/concurrency_limits/increment", 3)
    with pytest.raises(Locked) as caught:
        await client.global_concurrency_limits.increment(names=[name], slots=3)
    assert caught.value.retry_after is not None
    assert await taken(client, name) == 3
    (entry,) = await client.global_concurrency_limits.decrement(names=[name], slots=2, occupancy_seconds=1.5)
    assert sent.last[2] == {"names": [name], "slots": 2, "occupancy_seconds": 1.5}
    assert await taken(client, name) == 1
    with pytest.raises(UnprocessableEntity, match="greater than the limit"):
        await client.global_concurrency_limits.increment(names=[name], slots=6)
    with pytest.raises(UnprocessableEntity, match="decay"):
        await client.global_concurrency_limits.increment(names=[name], slots=1, mode="rate_limit")


async def test_leases(client: Awaited, sent: Sent) -> None:
    name, holder = await new_limit(client), ConcurrencyLeaseHolder(type="task_run", id=uuid4())
    lease = await client.global_concurrency_limits.increment_with_lease(
        names=[name], slots=2, lease_duration=60, holder=holder
    )
    assert sent.last[2] == {
        "names": [name],
        "slots": 2,
        "lease_duration": 60,
        "holder": {"type": "task_run", "id": str(holder.id)},
    }
    assert ([it.name for it in lease.limits], await taken(client, name)) == ([name], 2)
    with pytest.raises(Locked):
        await client.global_concurrency_limits.increment_with_lease(names=[name], slots=4)

    assert await client.global_concurrency_limits.renew_lease(lease.lease_id, lease_duration=120) is None
    assert sent.last == (
        "POST",
        f"/v2/concurrency_limits/leases/{lease.lease_id}/renew",
        {"lease_duration": 120},
    )
    with pytest.raises(UnprocessableEntity):
        await client.global_concurrency_limits.renew_lease(lease.lease_id, lease_duration=1)
    for _ in range(2):
        assert await client.global_concurrency_limits.decrement_with_lease(lease_id=lease.lease_id) is None
        assert await taken(client, name) == 0
    with pytest.raises(StatusError) as caught:
        await client.global_concurrency_limits.renew_lease(lease.lease_id)
    assert caught.value.status == 410


async def test_list_and_iterate(client: Awaited, sent: Sent) -> None:
    names = {await new_limit(client) for _ in range(3)}
    everything = [it.name async for it in client.global_concurrency_limits.iterate()]
    assert names <= {*everything} and everything == sorted(everything)
    page = await client.global_concurrency_limits.list(limit=2, offset=1)
    assert sent.last == ("POST", "/v2/concurrency_limits/filter", {"limit": 2, "offset": 1})
    assert [it.name for it in page] == everything[1:3]
    with pytest.raises(UnprocessableEntity):
        await client.global_concurrency_limits.list(limit=100_000)


async def test_awkward_names(client: Awaited) -> None:
    for name in AWKWARD:
        limit = await client.global_concurrency_limits.create(name=name, limit=1)
        await client.global_concurrency_limits.update(name, limit=2)
        read = await client.global_concurrency_limits.read(name)
        assert (read.id, read.limit) == (limit.id, 2)
        await client.global_concurrency_limits.delete(name)
        with pytest.raises(NotFound):
            await client.global_concurrency_limits.read(limit.id)
    for name in FORBIDDEN:
        with pytest.raises(UnprocessableEntity):
            await client.global_concurrency_limits.create(name=name, limit=1)
    for name in ("..", "", "a/b"):
        with pytest.raises(UnaddressableNameError):
            await client.global_concurrency_limits.delete(name)
