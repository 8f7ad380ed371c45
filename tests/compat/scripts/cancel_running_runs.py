"""Every run that is under way becomes cancelled, whatever its flow."""

import anyio
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateName
from prefect.client.schemas.objects import StateType
from prefect.states import Cancelled


async def list_running(client):
    return await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Running"])))
    )


async def main():
    async with get_client() as client:
        running = await list_running(client)
        for run in sorted(running, key=lambda run: run.name):
            result = await client.set_flow_run_state(
                flow_run_id=run.id, state=Cancelled(message="stopped by hand"), force=False
            )
            print(run.name, run.state.type == StateType.RUNNING, result.status.value, result.state.name)
        print(len(await list_running(client)), "left")


anyio.run(main)
