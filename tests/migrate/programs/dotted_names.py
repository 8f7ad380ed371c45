import asyncio

import prefect
import prefect.client.schemas.filters
import prefect.states


async def main():
    where = prefect.client.schemas.filters.FlowRunFilter(name={"like_": "pending"})
    async with prefect.get_client() as client:
        for run in await client.read_flow_runs(flow_run_filter=where):
            result = await client.set_flow_run_state(run.id, prefect.states.Cancelled(), force=True)
            print(result.state.name)


asyncio.run(main())
