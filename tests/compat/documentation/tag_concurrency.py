import asyncio

from prefect import get_client


async def limit_a_tag() -> None:
    async with get_client() as client:
        limit_id = await client.create_concurrency_limit(tag="database", concurrency_limit=10)
        limit = await client.read_concurrency_limit_by_tag(tag="database")
        print(limit.id == limit_id, limit.tag, limit.concurrency_limit, limit.active_slots)
        await client.create_concurrency_limit(tag="api", concurrency_limit=2)
        print(sorted(limit.tag for limit in await client.read_concurrency_limits(limit=10, offset=0)))
        await client.delete_concurrency_limit_by_tag(tag="database")
        print([limit.tag for limit in await client.read_concurrency_limits(limit=10, offset=0)])


asyncio.run(limit_a_tag())
