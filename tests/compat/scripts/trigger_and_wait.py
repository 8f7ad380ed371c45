"""Start a deployment, and follow its run to the end."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.client.schemas.sorting import LogSort
from prefect.states import Completed, Pending, Running


async def be_the_worker(client, flow_run_id):
    for state in (Pending(), Running(), Completed(message="done", data=None)):
        result = await client.set_flow_run_state(flow_run_id, state)
        print("worker:", result.status.value, result.state.name)


async def main():
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("extract/hourly")
        run = await client.create_flow_run_from_deployment(
            deployment.id, parameters={"day": "monday"}, tags=["by hand"], idempotency_key="monday", name="monday"
        )
        again = await client.create_flow_run_from_deployment(deployment.id, idempotency_key="monday")
        print(run.name, run.id == again.id, sorted(run.tags), run.parameters, run.state.is_scheduled())
        worker = asyncio.create_task(be_the_worker(client, run.id))
        while not (run := await client.read_flow_run(run.id)).state.is_final():
            await asyncio.sleep(0.01)
        await worker
        print(run.state.type.value, run.state.message, run.run_count)
        print(
            len(
                await client.read_logs(
                    LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id])), sort=LogSort.TIMESTAMP_ASC
                )
            )
        )


asyncio.run(main())
