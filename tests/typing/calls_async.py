"""The types that a type checker infers for an async client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from contextlib import aclosing
from typing import Any, assert_type
from uuid import UUID

from prefectkit import AsyncPrefect, Outcome, RetrySafety
from prefectkit.core.endpoint import Async
from prefectkit.models.flow_runs import FlowRun
from prefectkit.models.flows import Flow, FlowPaginationResponse
from prefectkit.plugins import Response
from prefectkit.resources.flows import Flows


async def calls(client: AsyncPrefect, flow_id: UUID) -> None:
    assert_type(await client.health(), bool)
    assert_type(await client.version(), str)
    assert_type(client.flows, Flows[Async])
    await assert_type(client.flows.read(flow_id), Coroutine[Any, Any, Flow])
    assert_type(await client.flows.create(name="a", tags=["x"]), Flow)
    assert_type(await client.flows.read(flow_id), Flow)
    assert_type(await client.flows.read(flow_id="1"), Flow)
    assert_type(await client.flows.read_by_name("a"), Flow)
    assert_type(await client.flows.list(limit=1), list[Flow])
    assert_type(client.flows.iterate(limit=1), AsyncIterator[Flow])
    assert_type(await client.flows.paginate(page=1), FlowPaginationResponse)
    assert_type(await client.flows.count(), int)
    assert_type([flow.name async for flow in client.flows.iterate()], list[str])
    assert_type(await client.flow_runs.read(flow_id), FlowRun)
    assert_type(await client.request("GET", "/new", retry_safety=RetrySafety.READ), Response)
    await client.flows.update(flow_id, tags=["y"])
    await client.flows.delete(flow_id)


async def options(client: AsyncPrefect, flow_id: UUID) -> None:
    async with client.with_options(timeout=1.0, headers={"x": "y"}) as other:
        assert_type(other, AsyncPrefect)
        assert_type(await other.flows.read(flow_id), Flow)
    await client.aclose()


async def bulk(client: AsyncPrefect, ids: list[UUID]) -> None:
    assert_type(await client.bulk(client.flow_runs.read, ids).results(), list[FlowRun])
    async for outcome in client.bulk(lambda run_id: client.flow_runs.update(run_id, tags=["x"]), ids, progress=print):
        assert_type(outcome, Outcome[UUID, None])
        assert_type(outcome.result(), None)
    rows = [{"flow_id": ids[0], "name": "a"}]
    assert_type(await client.bulk(client.flow_runs.create, rows, in_flight=4).results(), list[FlowRun])
    every = (run.id async for run in client.flow_runs.iterate())
    async with aclosing(client.bulk(client.flow_runs.delete, every)) as deleted:
        assert_type(await anext(deleted), Outcome[UUID, None])


async def generic(flows: Flows[Async]) -> Flow:
    return await flows.read_by_name("a")
