from __future__ import annotations

import re
from uuid import uuid4

import pytest

from prefectkit.errors import InvalidParameterError, Locked, NotFound, UnaddressableNameError, UnprocessableEntity
from tests.resources.stored import AWKWARD, FORBIDDEN, slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def taken(client: Awaited, tag: str) -> int:
    return (await client.global_concurrency_limits.read(f"tag:{tag}")).active_slots


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    tag = slug()
    limit = await client.concurrency_limits.create(tag=tag, concurrency_limit=3)
    assert sent.last == ("POST", "/concurrency_limits/", {"tag": tag, "concurrency_limit": 3})
    changed = await client.concurrency_limits.create(tag=tag, concurrency_limit=4)
    assert changed.id == limit.id
    for read in (await client.concurrency_limits.read(limit.id), await client.concurrency_limits.read_by_tag(tag)):
        assert (read.id, read.tag, read.concurrency_limit, read.active_slots) == (limit.id, tag, 4, [])

    assert await client.concurrency_limits.delete(limit.id) is None
    for call in (client.concurrency_limits.read, client.concurrency_limits.delete):
        with pytest.raises(NotFound):
            await call(limit.id)
    await client.concurrency_limits.create(tag=tag, concurrency_limit=1)
    assert await client.concurrency_limits.delete_by_tag(tag) is None
    for call in (client.concurrency_limits.read_by_tag, client.concurrency_limits.delete_by_tag):
        with pytest.raises(NotFound):
            await call(tag)


async def test_slots(client: Awaited, sent: Sent) -> None:
    tag, free, one, other = slug(), slug(), uuid4(), uuid4()
    limit = await client.concurrency_limits.create(tag=tag, concurrency_limit=1)
    (entry,) = await client.concurrency_limits.increment(names=[tag, free], task_run_id=one)
    assert sent.last[2] == {"names": [tag, free], "task_run_id": str(one)}
    assert (entry.id, entry.name, entry.limit) == (limit.id, tag, 1)
    assert (await client.concurrency_limits.read(limit.id)).active_slots == [one]
    with pytest.raises(Locked) as caught:
        await client.concurrency_limits.increment(names=[tag], task_run_id=other)
    assert caught.value.retry_after is not None and not caught.value.retryable

    for holder, slots in ((other, 1), (one, 0), (one, 0)):
        entries = await client.concurrency_limits.decrement(names=[tag], task_run_id=holder)
        assert [entry.id for entry in entries] == [limit.id]
        assert await taken(client, tag) == slots


async def test_reset_by_tag(client: Awaited, sent: Sent) -> None:
    tag, one, other = slug(), uuid4(), uuid4()
    limit = await client.concurrency_limits.create(tag=tag, concurrency_limit=9)
    await client.concurrency_limits.increment(names=[tag], task_run_id=one)
    assert await client.concurrency_limits.reset_by_tag(tag) is None
    assert sent.last == ("POST", f"/concurrency_limits/tag/{tag}/reset", {})
    assert (await client.concurrency_limits.read(limit.id)).active_slots == []
    assert await client.concurrency_limits.reset_by_tag(tag, slot_override=[other]) is None
    assert sent.last[2] == {"slot_override": [str(other)]}
    assert (await client.concurrency_limits.read(limit.id)).active_slots == [other]

    assert await taken(client, tag) == 2
    await client.global_concurrency_limits.update(f"tag:{tag}", active_slots=0)
    assert await taken(client, tag) == 0
    with pytest.raises(NotFound):
        await client.concurrency_limits.reset_by_tag(slug())


async def test_list_and_iterate(client: Awaited, sent: Sent) -> None:
    tags = sorted([slug("!") for _ in range(3)])
    for tag in tags:
        await client.concurrency_limits.create(tag=tag, concurrency_limit=1)
    everything = [it.tag async for it in client.concurrency_limits.iterate()]
    assert {*tags} <= {*everything} and everything == sorted(everything)
    page = await client.concurrency_limits.list(limit=199, offset=1)
    assert sent.last == ("POST", "/concurrency_limits/filter", {"limit": 199, "offset": 1})
    assert [it.tag for it in page] == everything[1:]
    with pytest.raises(UnprocessableEntity):
        await client.concurrency_limits.list(limit=100_000)
    for tag in tags:
        await client.concurrency_limits.delete_by_tag(tag)


async def test_awkward_tags(client: Awaited) -> None:
    for tag in AWKWARD:
        limit = await client.concurrency_limits.create(tag=tag, concurrency_limit=1)
        assert (await client.concurrency_limits.read_by_tag(tag)).id == limit.id
        await client.concurrency_limits.reset_by_tag(tag)
        await client.concurrency_limits.delete_by_tag(tag)
        with pytest.raises(NotFound):
            await client.concurrency_limits.read(limit.id)
    for tag in ("..", "", "a/b"):
        with pytest.raises(UnaddressableNameError):
            await client.concurrency_limits.delete_by_tag(tag)
    for tag in FORBIDDEN:
        with pytest.raises(InvalidParameterError, match=f"tag {re.escape(repr(tag))} has '[/%&<>]'"):
            await client.concurrency_limits.create(tag=tag, concurrency_limit=1)
    body = {"tag": FORBIDDEN[0], "concurrency_limit": 1}
    assert (await client.request("POST", "/concurrency_limits/", body=body, check=False)).status == 500
