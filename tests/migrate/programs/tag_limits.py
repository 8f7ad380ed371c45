import asyncio

from prefect import get_client


async def main():
    async with get_client() as client:
        await client.create_concurrency_limit(tag="database", concurrency_limit=3)
        print((await client.read_concurrency_limit_by_tag("database")).concurrency_limit)
        await client.reset_concurrency_limit_by_tag("database")
        await client.delete_concurrency_limit_by_tag("database")
        print(await client.read_concurrency_limits(limit=10, offset=0))


asyncio.run(main())
