"""Make a work pool, let a worker report to it, and take it away again."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import WorkPoolFilter, WorkPoolFilterType
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound


async def main():
    async with get_client() as client:
        pool = await client.create_work_pool(WorkPoolCreate(name="spare", type="process", concurrency_limit=3))
        print(pool.name, pool.type, pool.concurrency_limit, pool.is_paused)
        try:
            await client.create_work_pool(WorkPoolCreate(name="spare", type="process"))
        except ObjectAlreadyExists:
            print("is there")
        await client.update_work_pool("spare", WorkPoolUpdate(description="for busy days", is_paused=True))
        await client.create_work_queue("slow", work_pool_name="spare", priority=5)
        await client.send_worker_heartbeat("spare", "worker 1", heartbeat_interval_seconds=30)
        for worker in await client.read_workers_for_work_pool("spare"):
            print(worker.name, worker.status.value, worker.heartbeat_interval_seconds)
        only = WorkPoolFilter(type=WorkPoolFilterType(any_=["process"]))
        pools = await client.read_work_pools(work_pool_filter=only)
        for found in sorted(pools, key=lambda pool: pool.name):
            print(found.name, found.description, found.is_paused)
        await client.delete_work_pool("spare")
        try:
            await client.read_work_pool("spare")
        except ObjectNotFound:
            print("is gone")


asyncio.run(main())
