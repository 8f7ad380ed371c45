"""Wait until a run is final; here somebody finishes it."""

import asyncio

from prefect import get_client
from prefect.client.schemas.objects import StateType
from prefect.states import Completed, Running


async def main():
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("extract/hourly")
        run = await client.create_flow_run_from_deployment(deployment.id)
        for state in (Running(), Completed(message="42 rows")):
            await client.set_flow_run_state(run.id, state, force=True)
            current = (await client.read_flow_run(run.id)).state
            print(current.type == StateType.COMPLETED, current.is_final(), current.message)


asyncio.run(main())
