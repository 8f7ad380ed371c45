import asyncio

from prefect import get_client
from prefect.client.schemas.responses import SetStateStatus
from prefect.states import Completed, Failed, Pending, Running


async def main():
    async with get_client() as client:
        flow_id = await client.create_flow_from_name("by-hand")
        response = await client._client.post("/flow_runs/", json={"flow_id": str(flow_id)})
        run_id = response.json()["id"]
        for state in (Pending(), Running(), Failed(message="no rows"), Completed(message="rows")):
            result = await client.set_flow_run_state(run_id, state, force=True)
            print(result.status == SetStateStatus.ACCEPT, result.state.name, result.state.message)


asyncio.run(main())
