"""Creations that the server refuses to do twice: the first response is lost, and what is there is read back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest

import prefectkit
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.errors import AmbiguousOutcomeError, Conflict
from prefectkit.models import (
    CronSchedule,
    DeploymentScheduleCreate,
    IntervalSchedule,
    QueueFilter,
    RRuleSchedule,
    WorkPoolStorageConfiguration,
)
from tests.real_server import RealServer
from tests.reliability.losing import losing
from tests.resources.stored import login, slug
from tests.surfaces import Awaited

pytestmark = pytest.mark.anyio

Create = Callable[..., Awaitable[Any]]


class Case(NamedTuple):
    """A creation.

    Attributes:
        path: Where the server shows what was created.
        create: Creates it; fields that are given replace its own.
        other: A field that makes it another object, under the same name.
        body: For a path that filters.
    """

    path: str
    create: Create
    other: dict[str, Any]
    body: dict[str, Any] | None = None


Builder = Callable[[Awaited], Awaitable[Case]]
CASES: dict[str, Builder] = {}


def case(name: str) -> Callable[[Builder], Builder]:
    def add(build: Builder) -> Builder:
        CASES[name] = build
        return build

    return add


def creating(method: str, *path: object, **fields: Any) -> Create:
    """A call of a method of whichever client it is given."""

    async def create(client: Awaited, **others: Any) -> Any:
        target: Any = client
        for name in method.split("."):
            target = getattr(target, name)
        return await target(*path, **fields | others)

    return create


@case("variables.create")
async def _(client: Awaited) -> Case:
    name = slug()
    value = {"a": [1, None, True, "ü"], "b": {}}
    create = creating("variables.create", name=name, value=value, tags=["b", "a"])
    return Case(f"/variables/name/{name}", create, {"value": value | {"c": None}})


@case("work_pools.create")
async def _(client: Awaited) -> Case:
    name = slug("a#b c")
    template = {"job_configuration": {"command": "{{ command }}"}, "variables": {"properties": {"command": {}}}}
    create = creating(
        "work_pools.create",
        name=name,
        type="process",
        description=None,
        base_job_template=template,
        concurrency_limit=3,
        storage_configuration=WorkPoolStorageConfiguration(bundle_upload_step={"a": {"x": 1}}),
    )
    return Case("/work_pools/{name}", create, {"concurrency_limit": 4}, {"name": name})


@case("work_pools.queues.create")
async def _(client: Awaited) -> Case:
    pool, name = slug(), slug("a?b")
    await client.work_pools.create(name=pool)
    create = creating(
        "work_pools.queues.create",
        pool,
        name=name,
        description=None,
        priority=1,
        is_paused=True,
        filter=QueueFilter(tags=["x"]),
    )
    return Case(f"/work_pools/{pool}/queues/{{name}}", create, {"is_paused": False}, {"name": name})


@case("work_queues.create")
async def _(client: Awaited) -> Case:
    name = slug()
    create = creating("work_queues.create", name=name, description="d", concurrency_limit=0)
    return Case(f"/work_queues/name/{name}", create, {"description": "e"})


@case("block_types.create")
async def _(client: Awaited) -> Case:
    name = slug()
    create = creating("block_types.create", name=name, slug=name, logo_url="http://Example.test/a b", description="d")
    return Case(f"/block_types/slug/{name}", create, {"description": "e"})


@case("block_documents.create")
async def _(client: Awaited) -> Case:
    kind, name = slug(), slug()
    type_id = (await client.block_types.create(name=kind, slug=kind)).id
    schema_id = (await client.block_schemas.create(block_type_id=type_id, fields=login(kind))).id
    inner = await client.block_documents.create(
        name=slug(), block_type_id=type_id, block_schema_id=schema_id, data={"user": "u"}
    )
    data = {"user": {"$ref": {"block_document_id": str(inner.id)}}, "password": "hunter2"}
    create = creating(
        "block_documents.create",
        name=name,
        block_type_id=type_id,
        block_schema_id=schema_id,
        data=data,
        is_anonymous=True,
    )
    path = f"/block_types/slug/{kind}/block_documents/name/{name}"
    return Case(path, create, {"data": data | {"password": "hunter3"}})


@case("global_concurrency_limits.create")
async def _(client: Awaited) -> Case:
    name = slug("a;b")
    create = creating("global_concurrency_limits.create", name=name, limit=4, denied_slots=2, slot_decay_per_second=0.5)
    return Case("/v2/concurrency_limits/{name}", create, {"limit": 5}, {"name": name})


@case("flow_runs.inputs.create")
async def _(client: Awaited) -> Case:
    run = await new_run(client)
    for key in ("key-before", "key-1"):
        await client.flow_runs.inputs.create(run, key=key, value="another")
    create = creating("flow_runs.inputs.create", run, key="key", value='{"a": 1}', sender="me")
    return Case(f"/flow_runs/{run}/input/filter", create, {"sender": "you"}, {"prefix": "key", "limit": 9})


@case("deployments.schedules.create")
async def _(client: Awaited) -> Case:
    flow_id = (await client.flows.create(name=slug())).id
    deployment = (await client.deployments.create(name=slug(), flow_id=flow_id)).id
    await client.deployments.schedules.create(deployment, [schedule(CronSchedule(cron="0 0 * * *"), "mine")])
    schedules = [
        schedule(CronSchedule(cron="0 1 * * *", timezone="Europe/Berlin"), "cron", parameters={"x": {"y": 1}}),
        schedule(RRuleSchedule(rrule="FREQ=DAILY"), "rule", active=False, replaces="old"),
        schedule(RRuleSchedule(rrule="DTSTART:20240101T000000\nFREQ=WEEKLY"), "dated rule"),
        schedule(IntervalSchedule(interval=3600), "interval", max_scheduled_runs=3),
    ]
    create = creating("deployments.schedules.create", deployment, schedules=schedules)
    others = [schedule(CronSchedule(cron="0 2 * * *"), "cron"), *schedules[1:]]
    return Case(f"/deployments/{deployment}/schedules", create, {"schedules": others})


def schedule(when: Any, name: str, **fields: Any) -> DeploymentScheduleCreate:
    return DeploymentScheduleCreate(schedule=when, slug=name, **fields)


async def new_run(client: Awaited) -> UUID:
    flow = await client.flows.create(name=slug())
    return (await client.flow_runs.create(flow_id=flow.id)).id


async def shown(client: Awaited, case: Case) -> Any:
    """What the server itself shows."""
    method = "POST" if case.path.endswith("/filter") else "GET"
    path_params, body = (None, case.body) if method == "POST" else (case.body, None)
    response = await client.request(
        method, case.path, path_params=path_params, body=body, retry_safety=RetrySafety.READ
    )
    return response.json()


@pytest.mark.parametrize("name", CASES)
async def test_the_object_that_was_asked_for_is_the_response(name: str, surface: str, server: RealServer) -> None:
    async with losing(surface, server, name) as (client, losses):
        case = await CASES[name](client)
        losses.arm()
        result = await case.create(client)
        assert (losses.sent, losses.deduplicated) == (2, True)
        assert losses.lost is not None
        if result is not None:
            kind: Any = list[type(result[0])] if isinstance(result, list) else type(result)
            expected = msgspec.json.decode(losses.lost.body, type=kind)
            if name == "global_concurrency_limits.create":
                # The route that reads it does not show this.
                expected = msgspec.structs.replace(expected, avg_slot_occupancy_seconds=0.0)
            assert result == expected
        rows = await shown(client, case)
        assert len(rows) == {"flow_runs.inputs.create": 3, "deployments.schedules.create": 5}.get(name, len(rows))
        if "password" in str(rows):
            assert "hunter2" not in str(msgspec.to_builtins(result))


@pytest.mark.parametrize("name", CASES)
async def test_something_else_of_that_name_is_a_conflict(name: str, surface: str, server: RealServer) -> None:
    async with losing(surface, server, name) as (client, losses):
        case = await CASES[name](client)
        await case.create(client, **case.other)
        there = await shown(client, case)
        losses.arm()
        with pytest.raises(Conflict, match="the existing object differs in ") as caught:
            await case.create(client)
        assert losses.sent == 2
        assert losses.lost is not None and losses.lost.status == 409
        (field,) = case.other
        differing = "schedule" if field == "schedules" else field
        assert differing in str(caught.value).partition("the existing object differs in ")[2]
        assert "hunter" not in str(caught.value)
        assert (caught.value.attempts, caught.value.maybe_applied) == (2, True)
        assert await shown(client, case) == there


@pytest.mark.parametrize("name", CASES)
async def test_a_conflict_without_a_lost_response_is_one(name: str, surface: str, server: RealServer) -> None:
    async with losing(surface, server, name) as (client, losses):
        case = await CASES[name](client)
        await case.create(client)
        sent = losses.sent
        with pytest.raises(Conflict) as caught:
            await case.create(client)
        assert losses.sent == sent + 1
        assert (caught.value.attempts, caught.value.maybe_applied) == (1, False)


async def test_what_has_no_key_is_not_sent_again(surface: str, server: RealServer) -> None:
    async with losing(surface, server, "deployments.schedules.create") as (client, losses):
        flow_id = (await client.flows.create(name=slug())).id
        deployment = (await client.deployments.create(name=slug(), flow_id=flow_id)).id
        schedules = [
            schedule(CronSchedule(cron="0 0 * * *"), "a"),
            DeploymentScheduleCreate(schedule=CronSchedule(cron="0 1 * * *")),
        ]
        losses.arm()
        with pytest.raises(AmbiguousOutcomeError):
            await client.deployments.schedules.create(deployment, schedules)
        assert losses.sent == 1
        assert len(await client.deployments.schedules.list(deployment)) == 2


def test_every_creation_that_conflicts_is_here() -> None:
    conflicting = {name for name, it in prefectkit.operations().items() if it.retry_safety is RetrySafety.CONFLICT}
    assert CASES.keys() == conflicting
