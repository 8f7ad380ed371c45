import asyncio

from prefect import get_client, resume_flow_run
from prefect.states import Paused, Running


async def main():
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("extract/hourly")
        run = await client.create_flow_run_from_deployment(deployment.id)
        await client.set_flow_run_state(run.id, Running(), force=True)
        await client.set_flow_run_state(run.id, Paused(timeout_seconds=300), force=True)
        await resume_flow_run(run.id)
        print((await client.read_flow_run(run.id)).state.type.value)


asyncio.run(main())
