"""Mistakes that both type checkers must find: an ignore that suppresses nothing is an error itself."""

# pyright: reportUnnecessaryTypeIgnoreComment=true, reportUnknownArgumentType=false

from __future__ import annotations

from uuid import UUID

from prefectkit import AsyncPrefect, Prefect
from prefectkit.models.flows import Flow
from prefectkit.transports.asgi import ASGITransport


def blocking(client: Prefect, flow_id: UUID) -> None:
    client.flows.create(nam="a")  # type: ignore[call-arg]
    client.flows.create()  # type: ignore[call-arg]
    client.flows.create("a")  # type: ignore[call-arg]
    client.flows.create(name=1)  # type: ignore[arg-type]
    client.flows.create(name="a", tags="x")  # type: ignore[arg-type]
    client.flows.update(flow_id, tag=["x"])  # type: ignore[call-arg]
    client.flows.update(tags=["x"])  # type: ignore[call-arg]
    client.flows.read(1)  # type: ignore[arg-type]
    client.flows.read()  # type: ignore[call-arg]
    client.flows.reed(flow_id)  # type: ignore[attr-defined]
    client.flow.read(flow_id)  # type: ignore[attr-defined]
    client.flows.list(limit="1")  # type: ignore[arg-type]
    client.flows.list(sort=1)  # type: ignore[arg-type]
    name: int = client.flows.read(flow_id).name  # type: ignore[assignment]
    print(name)
    for flow in client.flows.iterate():
        print(flow.nam)  # type: ignore[attr-defined]
    client.bulk(client.flows.read, [1])  # type: ignore[arg-type]
    client.bulk(client.flows.read)  # type: ignore[call-overload]
    client.bulk(client.flows.read, [flow_id]).result()  # type: ignore[attr-defined]
    client.with_options(time=1.0)  # type: ignore[call-arg]
    client.request("GET")  # type: ignore[call-arg]


async def awaited(client: AsyncPrefect, flow_id: UUID) -> None:
    client.flows.delete(flow_id)  # type: ignore[unused-coroutine]
    flow: Flow = client.flows.read(flow_id)  # type: ignore[assignment]
    print(flow)
    print(client.flows.read(flow_id).name)  # type: ignore[attr-defined]
    for row in client.flows.iterate():  # type: ignore[attr-defined]
        print(row)
    with client:  # type: ignore[attr-defined]
        pass
    for outcome in client.bulk(client.flows.read, [flow_id]):  # type: ignore[attr-defined]
        print(outcome)
    async with Prefect():  # type: ignore[attr-defined]
        pass
    async for row in Prefect().flows.iterate():  # type: ignore[attr-defined]
        print(row)
    client.bulk(client.flows.read, [flow_id]).results()  # type: ignore[unused-coroutine]
    client.bulk(Prefect().flows.read, [flow_id])  # type: ignore[arg-type]
    await client.flows.create(nam="a")  # type: ignore[call-arg]


def making() -> None:
    Prefect(transpot=None)  # type: ignore[call-arg]
    Prefect(timeout="1")  # type: ignore[arg-type]
    AsyncPrefect(transport=ASGITransport(None))  # type: ignore[arg-type]
