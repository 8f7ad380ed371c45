"""Wait until a run has ended, while something else does its work."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.states import Completed


async def wait_for(client, flow_run_id, poll=0.01):
    while True:
        run = await client.read_flow_run(flow_run_id)
        if run.state and run.state.is_final():
            return run
        await asyncio.sleep(poll)


async def work(client, flow_run_id):
    await asyncio.sleep(0.05)
    await client.set_flow_run_state(flow_run_id, Completed(message="42 rows"))


async def main():
    async with get_client() as client:
        named = FlowRunFilter(name=FlowRunFilterName(any_=["report-running-0"]))
        (run,) = await client.read_flow_runs(flow_run_filter=named)
        print(run.name, run.state_name)
        ended, _ = await asyncio.gather(wait_for(client, run.id), work(client, run.id))
        print(ended.name, ended.state_name, ended.state.message, ended.end_time is not None)


asyncio.run(main())
