"""Cancel whatever is late."""

import asyncio

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateName
from prefect.states import Cancelled


async def cancel_late() -> None:
    late = FlowRunFilter(state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Late"])))
    async with get_client() as client:
        runs = await client.read_flow_runs(flow_run_filter=late)
        for run in runs:
            result = await client.set_flow_run_state(run.id, Cancelled(message="late"), force=True)
            print(result.status.value, result.state.name)
        assert len(runs) == 3
        assert not await client.read_flow_runs(flow_run_filter=late)


if __name__ == "__main__":
    asyncio.run(cancel_late())
