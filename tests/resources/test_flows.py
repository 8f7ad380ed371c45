from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import NotFound, UnaddressableNameError, UnprocessableEntity
from prefectkit.models import Flow
from prefectkit.models.filters import (
    FlowFilter,
    FlowFilterId,
    FlowFilterName,
    FlowFilterTags,
    FlowRunFilter,
    FlowRunFilterId,
)
from tests.resources.runs import AWKWARD, FORBIDDEN, new_run, record, unique, when_free
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


def these(*flows: Flow) -> FlowFilter:
    return FlowFilter(id=FlowFilterId(any_=[flow.id for flow in flows]))


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    name = unique()
    flow = await client.flows.create(name=name, tags=["a"], labels={"n": 1, "b": True, "s": "ü"})
    assert sent.last == ("POST", "/flows/", {"name": name, "tags": ["a"], "labels": {"n": 1, "b": True, "s": "ü"}})
    assert (await client.flows.create(name=name, tags=["b"])).id == flow.id
    for read in (await client.flows.read(flow.id), await client.flows.read_by_name(name)):
        assert (read.id, read.name, read.tags) == (flow.id, name, ["a"])
        assert read.labels is not None and read.labels.items() >= {"n": 1, "b": True, "s": "ü"}.items()

    assert await client.flows.update(flow.id, tags=["c"]) is None
    assert sent.last == ("PATCH", f"/flows/{flow.id}", {"tags": ["c"]})
    assert (await record(client, "/flows/{id}", flow.id))["tags"] == ["c"]
    assert await client.flows.delete(flow.id) is None
    for call in (client.flows.read, client.flows.delete, client.flows.update):
        with pytest.raises(NotFound):
            await call(flow.id)
    with pytest.raises(NotFound):
        await client.flows.read_by_name(name)


async def three(client: Awaited) -> list[Flow]:
    tag = unique()
    return [await client.flows.create(name=f"{letter} {tag}", tags=[tag]) for letter in "abc"]


async def test_list_iterate_count_and_paginate(client: Awaited, sent: Sent) -> None:
    flows = await three(client)
    names, (tag,) = [flow.name for flow in flows], flows[0].tags
    tagged = FlowFilter(tags=FlowFilterTags(all_=[tag]))
    assert await client.flows.count(flows=tagged) == 3
    page = await client.flows.list(flows=tagged, sort="NAME_DESC", limit=2, offset=1)
    assert [it.name for it in page] == names[1::-1]
    assert sent.last[2] == {"flows": {"tags": {"all_": [tag]}}, "sort": "NAME_DESC", "limit": 2, "offset": 1}
    assert [it.name async for it in client.flows.iterate(flows=tagged, sort="NAME_ASC")] == names
    second = await client.flows.paginate(flows=tagged, sort="NAME_ASC", limit=2, page=2)
    assert [it.name for it in second.results] == names[2:]
    assert (second.count, second.pages, second.page, second.limit) == (3, 2, 2, 2)
    like = FlowFilter(name=FlowFilterName(like_=names[0][2:]))
    assert await client.flows.count(flows=like) == 3
    run = await new_run(client, flow_id=flows[1].id)
    of_the_run = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    assert [it.id for it in await client.flows.list(flow_runs=of_the_run)] == [flows[1].id]
    with pytest.raises(UnprocessableEntity):
        await client.flows.list(limit=100_000)


async def test_bulk_delete(client: Awaited, sent: Sent) -> None:
    flows = await three(client)
    result = await when_free(client.flows.bulk_delete, flows=these(*flows), limit=2)
    assert sent.last[2]["limit"] == 2
    assert len(result.deleted) == 2 and set(result.deleted) < {flow.id for flow in flows}
    assert await client.flows.count(flows=these(*flows)) == 1


async def test_awkward_names(client: Awaited, sent: Sent) -> None:
    for text in AWKWARD:
        flow = await client.flows.create(name=unique(text))
        assert (await client.flows.read_by_name(flow.name)).id == flow.id
    for text in FORBIDDEN:
        with pytest.raises(UnprocessableEntity):
            await client.flows.create(name=text)
        with pytest.raises(NotFound):
            await client.flows.read_by_name(text)
    before = len(sent.requests)
    for text in ("..", ".", "", "a/b", "../../variables"):
        with pytest.raises(UnaddressableNameError):
            await client.flows.read_by_name(text)
    assert len(sent.requests) == before
    with pytest.raises(NotFound):
        await client.flows.read(uuid4())
