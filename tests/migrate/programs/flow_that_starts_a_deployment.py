import asyncio

from prefect import flow, get_client
from prefect.client.schemas.objects import FlowRun


@flow
async def start(name: str) -> FlowRun:
    async with get_client() as client:
        deployment = await client.read_deployment_by_name(name)
        return await client.create_flow_run_from_deployment(deployment.id, tags=["child"])


run = asyncio.run(start("report/daily"))
print(run.tags, run.state.type.value)
