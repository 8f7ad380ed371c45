import asyncio

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.sorting import FlowRunSort

PAGE = 7


async def every_run(client: PrefectClient):
    offset = 0
    while page := await client.read_flow_runs(sort=FlowRunSort.ID_DESC, limit=PAGE, offset=offset):
        for run in page:
            yield run
        offset += PAGE


async def main():
    async with get_client() as client:
        ids = [run.id async for run in every_run(client)]
        print(len(ids), len(set(ids)))


asyncio.run(main())
