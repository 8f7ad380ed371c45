import asyncio

from prefect import flow, get_client


@flow
async def count_flows() -> int:
    async with get_client() as client:
        return len(await client.read_flows(limit=2))


print(asyncio.run(count_flows()))
