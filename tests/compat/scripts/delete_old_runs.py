"""Delete runs that ended long ago, several at once."""

import asyncio
from datetime import UTC, datetime, timedelta

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import ObjectNotFound

ENDED = [StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED]


async def delete(client, run):
    try:
        await client.delete_flow_run(run.id)
        return 1
    except ObjectNotFound:
        return 0


async def main():
    keep_since = datetime.now(UTC) + timedelta(minutes=1)
    old = FlowRunFilter(
        start_time=FlowRunFilterStartTime(before_=keep_since),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=ENDED)),
    )
    async with get_client() as client:
        while runs := await client.read_flow_runs(flow_run_filter=old, limit=4, sort=FlowRunSort.NAME_ASC):
            print([run.name for run in runs], sum(await asyncio.gather(*(delete(client, run) for run in runs))))
        print(await delete(client, (await client.read_flow_runs(limit=1, sort=FlowRunSort.NAME_ASC))[0]))
        print(await client.count_flow_runs(flow_run_filter=old), len(await client.read_flow_runs()))


asyncio.run(main())
