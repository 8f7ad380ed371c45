"""Delete runs that ended, in batches, in a flow."""

import asyncio
from datetime import UTC, datetime, timedelta

from prefect import flow, get_run_logger, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound


@task
async def delete_expired(keep: timedelta, size: int) -> int:
    logger = get_run_logger()
    ended = FlowRunFilterStateType(any_=[StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED])
    expired = FlowRunFilter(
        start_time=FlowRunFilterStartTime(before_=datetime.now(UTC) - keep),
        state=FlowRunFilterState(type=ended),
    )
    deleted = 0
    async with get_client() as client:
        while runs := await client.read_flow_runs(flow_run_filter=expired, limit=size):
            await client.delete_flow_run(runs[0].id)
            for run in runs:
                try:
                    await client.delete_flow_run(run.id)
                except ObjectNotFound:
                    logger.info("somebody else has deleted %s", run.name)
                deleted += 1
            print("deleted", len(runs))
    return deleted


@flow(name="retention")
async def retention() -> int:
    return await delete_expired(timedelta(0), size=10)


print(asyncio.run(retention()))
