import asyncio

from prefect import get_client
from prefect.client.schemas.actions import FlowRunCreate, FlowRunUpdate, StateCreate
from prefect.client.schemas.objects import StateType


async def main():
    async with get_client() as client:
        flow = await client.read_flow_by_name("report")
        state = StateCreate(type=StateType.PENDING)
        body = FlowRunCreate(flow_id=flow.id, name="by-id", state=state)
        response = await client._client.post("/flow_runs/", json=body.model_dump(mode="json", exclude_unset=True))
        run = await client.read_flow_run(response.json()["id"])
        print(run.name, run.state.type.value, FlowRunUpdate(name="x").name)


asyncio.run(main())
