"""Put the runs that failed lately back in the queue, unless they were tried too often."""

import asyncio
from datetime import UTC, datetime, timedelta

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.responses import SetStateStatus
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import AwaitingRetry

TOO_OFTEN = 3


async def main():
    since = datetime.now(UTC) - timedelta(days=1)
    async with get_client() as client:
        failed = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=["FAILED", "CRASHED"])),
                end_time=FlowRunFilterEndTime(after_=since),
            ),
            sort=FlowRunSort.NAME_ASC,
        )
        for run in failed:
            if run.run_count > TOO_OFTEN:
                continue
            result = await client.set_flow_run_state(run.id, AwaitingRetry(), force=True)
            accepted = result.status == SetStateStatus.ACCEPT
            print(run.name, run.state.name, run.state.message, "->", result.state.name if accepted else result.details)
            states = await client.read_flow_run_states(run.id)
            print("  ", " > ".join(state.name for state in states))


asyncio.run(main())
