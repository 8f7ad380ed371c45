"""Cancel what has not ended, with a changed copy of each run's state, until there is none."""

import asyncio

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateName
from prefect.client.schemas.objects import FlowRun, StateType

CHANGE: dict[str, str] = {"name": "Cancelled", "type": StateType.CANCELLED}


async def in_states(names: list[str]) -> list[FlowRun]:
    by_name = FlowRunFilterStateName(any_=names)
    async with get_client() as client:
        return await client.read_flow_runs(flow_run_filter=FlowRunFilter(state=FlowRunFilterState(name=by_name)))


async def cancel(runs: list[FlowRun]) -> None:
    async with get_client() as client:
        for run in sorted(runs, key=lambda run: run.name):
            result = await client.set_flow_run_state(run.id, run.state.copy(update=CHANGE), force=True)
            print(run.name, run.state.name, result.status.value, result.state.name, result.state.type)


async def main() -> None:
    while runs := await in_states(["Pending", "Running", "Scheduled", "Late"]):
        print("to cancel:", len(runs))
        await cancel(runs)


asyncio.run(main())
