import asyncio

import prefect.client.schemas.filters as f
from prefect.client.orchestration import get_client as connect


async def main():
    async with connect() as client:
        flows = await client.read_flows(flow_filter=f.FlowFilter(name=f.FlowFilterName(any_=["extract", "train"])))
        print(sorted(flow.name for flow in flows))


asyncio.run(main())
