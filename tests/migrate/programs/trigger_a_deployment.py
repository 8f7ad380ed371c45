import asyncio

from prefect import get_client


async def trigger() -> None:
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("report/daily")
        run = await client.create_flow_run_from_deployment(deployment.id, parameters={"day": "monday"})
        print(run.parameters, run.state.type.value, run.deployment_id == deployment.id)


asyncio.run(trigger())
