import asyncio

from prefect import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.asyncio import concurrency, rate_limit


async def work(n: int) -> int:
    async with concurrency("workers", occupy=1):
        await rate_limit("calls")
        return n


async def main():
    async with get_client() as client:
        await client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name="workers", limit=2))
        calls = GlobalConcurrencyLimitCreate(name="calls", limit=10, slot_decay_per_second=5)
        await client.create_global_concurrency_limit(calls)
    print(await asyncio.gather(work(1), work(2)))


asyncio.run(main())
