"""A job of which only so many run at a time, anywhere: a global concurrency limit around it."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, GlobalConcurrencyLimitUpdate
from prefect.exceptions import ObjectNotFound


async def main():
    async with get_client() as client:
        await client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name="exports", limit=2))
        taken = await client.increment_concurrency_slots(["exports"], 1, "concurrency")
        print(taken.status_code, [(limit["name"], limit["limit"]) for limit in taken.json()])
        print((await client.read_global_concurrency_limit_by_name("exports")).active_slots)
        released = await client.release_concurrency_slots(["exports"], 1, 0.5)
        print(released.status_code)
        await client.update_global_concurrency_limit("exports", GlobalConcurrencyLimitUpdate(limit=5))
        await client.upsert_global_concurrency_limit_by_name("exports", 6)
        await client.upsert_global_concurrency_limit_by_name("imports", 1)
        for limit in sorted(await client.read_global_concurrency_limits(limit=10), key=lambda limit: limit.name):
            print(limit.name, limit.limit, limit.active, limit.active_slots, limit.slot_decay_per_second)
        for name in ("exports", "imports"):
            await client.delete_global_concurrency_limit_by_name(name)
        try:
            await client.read_global_concurrency_limit_by_name("exports")
        except ObjectNotFound:
            print("gone")


asyncio.run(main())
