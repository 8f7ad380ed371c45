"""Concurrency limits, events, the server's default storage of results."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from prefectkit import Prefect
from tests.compat.two_clients import ClientUnderTest, raised
from tests.resources.stored import RESULT_STORAGE, stored_events

NOBODY = UUID(int=1)


async def tag_limits(tested: ClientUnderTest) -> Any:
    client, tag, task_run = tested.client, f"key-{tested.name}", uuid4()
    made = await client.create_concurrency_limit(tag, 1)
    assert isinstance(made, UUID)
    first = await client.read_concurrency_limit_by_tag(tag)
    assert await client.create_concurrency_limit(tag=tag, concurrency_limit=2) == made
    return [
        first,
        [limit for limit in await client.read_concurrency_limits(200, 0) if limit.tag == tag],
        len(await client.read_concurrency_limits(limit=None, offset=0)) > 0,
        await client.increment_v1_concurrency_slots([tag, "no such tag"], task_run),
        await client.increment_v1_concurrency_slots([tag], task_run_id=NOBODY),
        await raised(client.increment_v1_concurrency_slots([tag], uuid4())),
        await client.decrement_v1_concurrency_slots([tag], task_run, 1.5),
        await client.read_concurrency_limit_by_tag(tag),
        await client.reset_concurrency_limit_by_tag(tag),
        await client.reset_concurrency_limit_by_tag(tag, slot_override=[str(task_run), NOBODY]),
        await client.read_concurrency_limit_by_tag(tag),
        await raised(client.read_concurrency_limits(5000, 0)),
        await client.delete_concurrency_limit_by_tag(tag),
        await raised(client.read_concurrency_limit_by_tag(tag)),
        await raised(client.reset_concurrency_limit_by_tag(tag)),
        await raised(client.delete_concurrency_limit_by_tag(tag)),
    ]


async def global_limits(tested: ClientUnderTest) -> Any:
    client, actions, name = tested.client, tested.own.actions, f"-key-{tested.name}"
    made = await client.create_global_concurrency_limit(
        actions.GlobalConcurrencyLimitCreate(name=name, limit=3, slot_decay_per_second=0.5)
    )
    assert isinstance(made, UUID)
    first = await client.read_global_concurrency_limit_by_name(name)
    results = [
        await client.update_global_concurrency_limit(name, actions.GlobalConcurrencyLimitUpdate(active=False)),
        await client.read_global_concurrency_limit_by_name(name),
        await client.update_global_concurrency_limit(
            name, actions.GlobalConcurrencyLimitUpdate(name=f"{name}-2", limit=0, active_slots=1, active=True)
        ),
        await client.read_global_concurrency_limit_by_name(f"{name}-2"),
        await client.update_global_concurrency_limit(f"{name}-2", actions.GlobalConcurrencyLimitUpdate(name=name)),
    ]
    again = actions.GlobalConcurrencyLimitCreate(name=name, limit=3)
    return [
        first,
        *results,
        await client.read_global_concurrency_limits(limit=1),
        [limit.name for limit in await client.read_global_concurrency_limits(200, 1) if limit.name == name],
        len(await client.read_global_concurrency_limits(limit=None, offset=None)) > 0,
        await raised(client.create_global_concurrency_limit(again)),
        await raised(client.read_global_concurrency_limits(5000)),
        await client.delete_global_concurrency_limit_by_name(name),
        await raised(client.delete_global_concurrency_limit_by_name(name)),
        await raised(client.read_global_concurrency_limit_by_name(name)),
        await raised(client.update_global_concurrency_limit(name, actions.GlobalConcurrencyLimitUpdate(limit=1))),
    ]


async def upserts(tested: ClientUnderTest) -> Any:
    client, name = tested.client, f"key-{tested.name}"

    async def upserted(*values: Any, **more: Any) -> Any:
        assert await client.upsert_global_concurrency_limit_by_name(name, *values, **more) is None
        return await client.read_global_concurrency_limit_by_name(name)

    found = [
        await upserted(2),
        await upserted(2),
        await upserted(3),
        await upserted(3, 0.5),
        await upserted(3, slot_decay_per_second=0.5),
        await upserted(4),
        await upserted(4, 0.0),
        await upserted(limit=0),
    ]
    await client.delete_global_concurrency_limit_by_name(name)
    found.append(await upserted(1, 2))
    await client.delete_global_concurrency_limit_by_name(name)
    return found


async def slots(tested: ClientUnderTest) -> Any:
    client, own, name = tested.client, tested.own, f"key-{tested.name}"
    await client.create_global_concurrency_limit(own.actions.GlobalConcurrencyLimitCreate(name=name, limit=2))
    taken = await client.increment_concurrency_slots([name, "no such limit"], 2, "concurrency")
    refused = await raised(client.increment_concurrency_slots([name], slots=1, mode="concurrency"))
    released = await client.release_concurrency_slots([name], 2, 1.5)
    holder = own.objects.ConcurrencyLeaseHolder(type="task_run", id=uuid4())
    leased = await client.increment_concurrency_slots_with_lease([name], 1, "concurrency", 60, holder)
    lease = leased.json()["lease_id"]
    return [
        taken,
        refused,
        released,
        leased,
        await client.increment_concurrency_slots_with_lease([name], 1, "concurrency", lease_duration=60.5),
        await raised(client.increment_concurrency_slots_with_lease([name], 1, "concurrency", 60)),
        await client.renew_concurrency_lease(UUID(lease), 120),
        await raised(client.renew_concurrency_lease(lease, lease_duration=1)),
        await client.release_concurrency_slots_with_lease(UUID(lease)),
        await client.release_concurrency_slots_with_lease(lease),
        await raised(client.renew_concurrency_lease(lease, 60)),
        await raised(client.increment_concurrency_slots([name], 1, "rate_limit")),
        await raised(client.increment_concurrency_slots([name], 3, "concurrency")),
        await raised(client.increment_concurrency_slots([name], 0, "concurrency")),
        await raised(client.increment_concurrency_slots_with_lease([name], 1, "concurrency", 1)),
        await raised(client.release_concurrency_slots([name], 1, 0)),
        await client.read_global_concurrency_limit_by_name(name),
        await client.delete_global_concurrency_limit_by_name(name),
    ]


async def events(tested: ClientUnderTest) -> Any:
    client, filters = tested.client, tested.own.events
    start, resource = datetime.now(UTC) - timedelta(hours=1), f"key-{tested.name}"
    sent = [
        {
            "id": str(uuid4()),
            "event": f"step.{number}",
            "occurred": (start + timedelta(seconds=number)).isoformat(),
            "resource": {"prefect.resource.id": resource, "colour": "red"},
            "related": [{"prefect.resource.id": "step", "prefect.resource.role": "step"}] * (number % 2),
            "payload": {"number": number, "none": None},
        }
        for number in range(60)
    ]
    await client.request("POST", "/events", json=sent)
    with Prefect(str(tested.raw.api_url)) as plain:
        stored_events(plain)

    about = filters.EventResourceFilter(id=[resource])
    oldest_first = filters.EventFilter(resource=about, order=filters.EventOrder.ASC)
    first = await client.read_events(oldest_first, 50)
    if inspect.iscoroutinefunction(tested.raw.read_events):
        second = await first.get_next_page(tested.raw)
        assert await second.get_next_page(tested.raw) is None
    else:
        second = first.get_next_page_sync(tested.raw)
        assert second.get_next_page_sync(tested.raw) is None
    named = filters.EventFilter(resource=about, event=filters.EventNameFilter(name=["step.1", "step.3"]))
    until = filters.EventOccurredFilter(since=start, until=start + timedelta(seconds=1))
    return [
        first,
        second,
        await client.read_events_page(first.next_page),
        await client.read_events(named, limit=1),
        await client.read_events(filter=filters.EventFilter(resource=about, occurred=until), limit=7),
        (await client.read_events(limit=1)).total > 0,
        await raised(client.read_events_page(f"{tested.raw.api_url}events/filter/next?page-token=bm8=")),
    ]


async def result_storage(tested: ClientUnderTest) -> Any:
    client = tested.client
    await client.request("POST", "/block_types/install_system_block_types")
    kind = (await client.request("GET", f"/block_types/slug/{RESULT_STORAGE}")).json()["id"]
    of_kind = {"block_schemas": {"block_type_id": {"any_": [kind]}}}
    schema = (await client.request("POST", "/block_schemas/filter", json=of_kind)).json()[0]["id"]
    block = {"name": f"key-{tested.name}", "block_type_id": kind, "block_schema_id": schema, "data": {}}
    id_ = (await client.request("POST", "/block_documents/", json=block)).json()["id"]
    found = [
        await client.update_server_default_result_storage(UUID(id_)),
        await client.read_server_default_result_storage(),
        await client.clear_server_default_result_storage(),
        await client.read_server_default_result_storage(),
        await client.clear_server_default_result_storage(),
        await raised(client.update_server_default_result_storage(default_result_storage_block_id=NOBODY)),
    ]
    await client.request("DELETE", f"/block_documents/{id_}")
    return found


async def only_on_cloud(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    agreement = own.slas.TimeToCompletionSla(name="quick", duration=60)
    return [
        await raised(client.apply_slas_for_deployment(NOBODY, [agreement])),
        await raised(client.create_deployment_branch(NOBODY, "feature")),
    ]


ALL = [tag_limits, global_limits, upserts, slots, events, result_storage, only_on_cloud]
