import asyncio

from prefect import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterId
from prefect.client.schemas.sorting import FlowRunSort


async def main():
    async with get_client() as client:
        for flow in sorted(await client.read_flows(), key=lambda flow: flow.name):
            runs = await client.read_flow_runs(
                flow_filter=FlowFilter(id=FlowFilterId(any_=[flow.id])), sort=FlowRunSort.NAME_DESC, limit=1
            )
            print(flow.name, runs[0].name if runs else None)


asyncio.run(main())
