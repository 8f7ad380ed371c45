"""The last completed runs of each flow."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort, FlowSort

N = 2


async def main():
    async with get_client() as client:
        for flow in await client.read_flows(sort=FlowSort.NAME_ASC):
            runs = await client.read_flow_runs(
                flow_filter=FlowFilter(id=FlowFilterId(any_=[flow.id])),
                flow_run_filter=FlowRunFilter(
                    state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED]))
                ),
                sort=FlowRunSort.EXPECTED_START_TIME_DESC,
                limit=N,
            )
            print(flow.name, len(runs))
            for run in runs:
                assert run.state.is_completed() and run.flow_id == flow.id
                print(f"  {run.name}: {run.state.type.value} {run.state.message}")


asyncio.run(main())
