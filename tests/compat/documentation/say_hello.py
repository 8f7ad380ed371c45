import asyncio

from prefect import get_client


async def greet() -> None:
    async with get_client() as client:
        reply = await client.hello()
        print(reply.status_code, reply.json())


asyncio.run(greet())
