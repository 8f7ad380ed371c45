"""Which runs should have started by now, and by how much."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort


async def main():
    now = datetime.now(UTC)
    async with get_client() as client:
        late = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
                next_scheduled_start_time=FlowRunFilterNextScheduledStartTime(before_=now),
            ),
            sort=FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC,
        )
        flows = {run.flow_id: (await client.read_flow(run.flow_id)).name for run in late}
        for name, number in sorted(Counter(flows[run.flow_id] for run in late).items()):
            print(name, number)
        for run in sorted(late, key=lambda run: run.name):
            delay = now - run.next_scheduled_start_time
            print(
                run.name, f"{delay.total_seconds() // 3600:.0f} h", run.estimated_start_time_delta.total_seconds() > 0
            )


asyncio.run(main())
