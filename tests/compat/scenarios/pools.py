"""Work pools, their queues and workers."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.compat.two_clients import ClientUnderTest, Scenario, raised

NOBODY = UUID(int=1)
SOON = timedelta(hours=1)
TEMPLATE: dict[str, Any] = {
    "job_configuration": {"command": "{{ command }}"},
    "variables": {"properties": {"command": {}}},
}


def named(tested: ClientUnderTest, what: str) -> str:
    """The name of a pool or a queue: normalized in what is compared, and in the order of `what`."""
    return f"{what}-key-{tested.name}"


async def pool_of(tested: ClientUnderTest, what: str = "pool", **fields: Any) -> str:
    """The name of a new work pool."""
    wanted = tested.own.actions.WorkPoolCreate(name=named(tested, what), type="process", **fields)
    return str((await tested.client.create_work_pool(wanted)).name)


def queues_by_name(tested: ClientUnderTest, **criteria: Any) -> Any:
    filters = tested.own.filters
    return filters.WorkQueueFilter(name=filters.WorkQueueFilterName(**criteria))


async def work_pools(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    name = named(tested, "full")
    full = own.actions.WorkPoolCreate(
        name=name,
        description="what for",
        type="docker",
        base_job_template=TEMPLATE,
        is_paused=True,
        concurrency_limit=0,
        storage_configuration=own.objects.WorkPoolStorageConfiguration(bundle_upload_step={"a": {"b": 1}}),
    )
    created = await client.create_work_pool(full)
    bare = await client.create_work_pool(own.actions.WorkPoolCreate(name=named(tested, "bare")))
    assert isinstance(created.id, UUID)
    by_name = own.filters.WorkPoolFilter(name=own.filters.WorkPoolFilterName(any_=[name, bare.name]))
    by_type = own.filters.WorkPoolFilter(
        operator="or_", name=own.filters.WorkPoolFilterName(any_=[]), id={"any_": [bare.id]}, type={"any_": []}
    )
    return [
        created,
        bare,
        await client.read_work_pool(name),
        await client.read_work_pools(work_pool_filter=by_name),
        await client.read_work_pools(1, 1, by_name),
        await client.read_work_pools(limit=5, offset=5, work_pool_filter=by_name),
        await client.read_work_pools(work_pool_filter=by_type),
        await raised(client.read_work_pools(limit=5000)),
        await raised(client.create_work_pool(full)),
        await raised(client.create_work_pool(own.actions.WorkPoolCreate(name=f"Prefect {name}"))),
        await raised(client.read_work_pool(named(tested, "none"))),
        await client.delete_work_pool(name),
        await raised(client.delete_work_pool(name)),
        await raised(client.delete_work_pool("Prefect none")),
    ]


async def work_pool_updates(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    Update = own.actions.WorkPoolUpdate
    name = await pool_of(tested, description="what for", concurrency_limit=5)
    steps = own.objects.WorkPoolStorageConfiguration(bundle_execution_step={"run": {}})
    results: list[Any] = []
    for update in (
        Update(),
        Update(is_paused=True),
        Update(description=None, concurrency_limit=None),
        Update(base_job_template=TEMPLATE, storage_configuration=steps),
        Update(is_paused=False, concurrency_limit=2),
    ):
        results += [await client.update_work_pool(name, update), await client.read_work_pool(name)]
    return [
        *results,
        await raised(client.update_work_pool(name, Update(concurrency_limit=-1))),
        await raised(client.update_work_pool(name, Update(base_job_template={"job_configuration": {}}))),
        await raised(client.update_work_pool(named(tested, "none"), Update(is_paused=True))),
        await raised(client.update_work_pool(named(tested, "none"), Update())),
    ]


async def overwriting_work_pools(tested: ClientUnderTest) -> Any:
    """With every field set: what is not set differs, and is meant to."""
    client, own = tested.client, tested.own

    def wanted(type_: str, **changes: Any) -> Any:
        fields: dict[str, Any] = {
            "description": "what for",
            "base_job_template": TEMPLATE,
            "is_paused": False,
            "concurrency_limit": 5,
            "storage_configuration": own.objects.WorkPoolStorageConfiguration(
                bundle_upload_step={"a": {}}, bundle_execution_step=None, default_result_storage_block_id=None
            ),
        }
        return own.actions.WorkPoolCreate(name=named(tested, "pool"), type=type_, **fields | changes)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        results = [
            await client.create_work_pool(wanted("process"), overwrite=True),
            await client.create_work_pool(wanted("process", is_paused=True, description="other"), True),
            await client.create_work_pool(wanted("process", description=None, concurrency_limit=None), overwrite=True),
            len(caught),
            await client.create_work_pool(wanted("docker", base_job_template={}), overwrite=True),
        ]
    return [*results, [(warning.category.__name__, str(warning.message)) for warning in caught]]


async def runs_of_work_pools(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    name = await pool_of(tested, concurrency_limit=3)
    queue = await client.create_work_queue("fast", work_pool_name=name, concurrency_limit=1)
    flow_id = await client.create_flow(await tested.flow())
    for queue_name in ("fast", "default"):
        made = await client.create_deployment(
            flow_id,
            queue_name,
            description="d",
            work_pool_name=name,
            work_queue_name=queue_name,
            job_variables={"v": 1},
        )
        now = datetime.now(UTC)
        for start in (now - SOON, now - SOON / 2, now + SOON):
            state = own.states.Scheduled(scheduled_time=start)
            await client.create_flow_run_from_deployment(made, name=queue_name, state=state)
    taken = await client.create_flow_run_from_deployment(made, name="taken")
    await client.set_flow_run_state(taken.id, own.states.Pending())
    in_both = await client.get_scheduled_flow_runs_for_work_pool(name)
    return [
        sorted(response.flow_run.name for response in in_both),
        await client.get_scheduled_flow_runs_for_work_pool(name, ["fast"]),
        await client.get_scheduled_flow_runs_for_work_pool(name, iter(["fast"]), datetime.now(UTC)),
        await client.get_scheduled_flow_runs_for_work_pool(name, scheduled_before=datetime.now(UTC) + 2 * SOON),
        len(await client.get_scheduled_flow_runs_for_work_pool(name, [])),
        await client.get_scheduled_flow_runs_for_work_pool(name, scheduled_before=datetime(2020, 1, 1, tzinfo=UTC)),
        await raised(client.get_scheduled_flow_runs_for_work_pool(name, ["no queue"])),
        await raised(client.get_scheduled_flow_runs_for_work_pool(named(tested, "none"))),
        await client.read_work_pool_concurrency_status(name),
        await client.read_work_pool_concurrency_status(name, 2, 1, flow_run_limit=0),
        await raised(client.read_work_pool_concurrency_status(name, flow_run_limit=201)),
        await raised(client.read_work_pool_concurrency_status(named(tested, "none"))),
        await client.get_runs_in_work_queue(queue.id),
        await client.get_runs_in_work_queue(queue.id, 1),
        await client.get_runs_in_work_queue(str(queue.id), scheduled_before=datetime.now(UTC) + 2 * SOON),
        await client.get_runs_in_work_queue(queue.id, 5, datetime(2020, 1, 1, tzinfo=UTC)),
        await raised(client.get_runs_in_work_queue(queue.id, limit=5000)),
        await raised(client.get_runs_in_work_queue(NOBODY)),
        await client.read_work_queue_concurrency_status(queue.id),
        await client.read_work_queue_concurrency_status(str(queue.id), page=2, limit=1),
        await raised(client.read_work_queue_concurrency_status(NOBODY)),
        await client.read_work_queue_status(queue.id),
        await client.read_work_queue_status(str(queue.id)),
        await raised(client.read_work_queue_status(NOBODY)),
    ]


async def work_queues(tested: ClientUnderTest) -> Any:
    client = tested.client
    pool = await pool_of(tested)
    made = await client.create_work_queue(
        "full", description="what for", is_paused=True, concurrency_limit=0, priority=1, work_pool_name=pool
    )
    bare = await client.create_work_queue("bare", work_pool_name=pool)
    of_agents = await client.create_work_queue(named(tested, "agents"))
    return [
        made,
        bare,
        of_agents,
        await client.read_work_queue(made.id),
        await client.read_work_queue(str(of_agents.id)),
        await raised(client.read_work_queue(NOBODY)),
        await client.read_work_queue_by_name("full", pool),
        await client.read_work_queue_by_name(of_agents.name),
        await raised(client.read_work_queue_by_name("none", work_pool_name=pool)),
        await raised(client.read_work_queue_by_name(named(tested, "none"))),
        await raised(client.create_work_queue("full", work_pool_name=pool)),
        await raised(client.create_work_queue(of_agents.name)),
        await raised(client.create_work_queue("full", work_pool_name=named(tested, "none"))),
        await client.delete_work_queue_by_id(made.id),
        await client.delete_work_queue_by_id(str(of_agents.id)),
        await raised(client.delete_work_queue_by_id(made.id)),
    ]


async def lists_of_work_queues(tested: ClientUnderTest) -> Any:
    client = tested.client
    pool = await pool_of(tested)
    names = [named(tested, what) for what in ("a", "b", "c")]
    for name in names:
        await client.create_work_queue(name, work_pool_name=pool)
    await client.create_work_queue(named(tested, "agents"), priority=1)
    here = queues_by_name(tested, any_=names)
    return [
        await client.read_work_queues(pool),
        await client.read_work_queues(pool, queues_by_name(tested, startswith_=["b-"])),
        await client.read_work_queues(work_queue_filter=here, limit=2, offset=1),
        await client.read_work_queues("", queues_by_name(tested, any_=[names[0]])),
        await client.read_work_queues(pool, here, 1, 2),
        await client.read_work_queues(pool, limit=1),
        await raised(client.read_work_queues(pool, limit=5000)),
        await raised(client.read_work_queues(named(tested, "none"))),
        await client.match_work_queues(["a-", "B-"], pool),
        await client.match_work_queues([named(tested, "agents"), names[2]]),
        await client.match_work_queues(["no such"], work_pool_name=pool),
        await raised(client.match_work_queues(["a"], named(tested, "none"))),
    ]


async def work_queue_updates(tested: ClientUnderTest) -> Any:
    client, own = tested.client, tested.own
    pool = await pool_of(tested)
    queue = await client.create_work_queue("queue", "what for", concurrency_limit=4, priority=1, work_pool_name=pool)
    results: list[Any] = []
    for update in (
        {"is_paused": True},
        {"concurrency_limit": None, "description": ""},
        {"name": "renamed", "description": "other", "is_paused": False, "priority": 2, "concurrency_limit": 0},
        {"last_polled": datetime(2024, 1, 1, tzinfo=UTC)},
        {"filter": own.objects.QueueFilter(tags=["t"], deployment_ids=[NOBODY])},
    ):
        results += [await client.update_work_queue(queue.id, **update), await client.read_work_queue(queue.id)]
    return [
        *results,
        await raised(client.update_work_queue(queue.id)),
        await raised(client.update_work_queue(NOBODY, is_paused=True)),
        await raised(client.update_work_queue(queue.id, name="no/name")),
        # With a name that the server takes and does not give, no list of all queues could be read any more.
        await client.delete_work_queue_by_id(queue.id),
    ]


async def workers(tested: ClientUnderTest) -> Any:
    client, filters = tested.client, tested.own.filters
    pool = await pool_of(tested)
    results = [
        await client.send_worker_heartbeat(pool, "a"),
        await client.send_worker_heartbeat(pool, "b", 9),
        await client.send_worker_heartbeat(pool, "c", heartbeat_interval_seconds=30.0, get_worker_id=True),
        await client.send_worker_heartbeat(
            pool, "c", get_worker_id=False, worker_metadata=_metadata(tested, [{"name": "i", "version": "1"}])
        ),
    ]
    online = filters.WorkerFilter(status=filters.WorkerFilterStatus(any_=["ONLINE"]))
    later = filters.WorkerFilter(
        last_heartbeat_time=filters.WorkerFilterLastHeartbeatTime(after_=datetime.now(UTC) + SOON)
    )
    return [
        *results,
        await client.read_workers_for_work_pool(pool),
        await client.read_workers_for_work_pool(pool, online, 1, 1),
        await client.read_workers_for_work_pool(pool, worker_filter=later),
        await client.read_work_pool(pool),
        await raised(client.read_workers_for_work_pool(pool, limit=5000)),
        await raised(client.read_workers_for_work_pool(named(tested, "none"))),
        await raised(client.send_worker_heartbeat(named(tested, "none"), "a")),
        await raised(client.send_worker_heartbeat(pool, "a", 1.5)),
    ]


def _metadata(tested: ClientUnderTest, integrations: list[dict[str, str]]) -> Any:
    kind = getattr(tested.own.objects, "WorkerMetadata", None)
    return {"integrations": integrations} if kind is None else kind(integrations=integrations)


async def worker_metadata(tested: ClientUnderTest) -> Any:
    return [await tested.client.read_worker_metadata()]


ALL: list[Scenario] = [
    work_pools,
    work_pool_updates,
    overwriting_work_pools,
    runs_of_work_pools,
    work_queues,
    lists_of_work_queues,
    work_queue_updates,
    workers,
    worker_metadata,
]
