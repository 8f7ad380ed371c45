import asyncio

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.utilities import client_injector, inject_client


@client_injector
async def count(client: PrefectClient, least: int) -> bool:
    return len(await client.read_flows()) >= least


@inject_client
async def first(client: PrefectClient = None) -> str:
    return sorted(flow.name for flow in await client.read_flows())[0]


async def main():
    print(await count(2), await first())
    async with get_client() as client:
        print(await first(client=client))


asyncio.run(main())
