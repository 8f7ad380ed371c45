"""The last words of each run that failed."""

import asyncio
import logging

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateName,
    LogFilter,
    LogFilterFlowRunId,
    LogFilterLevel,
)
from prefect.client.schemas.sorting import FlowRunSort, LogSort


async def last_words(client, run, lines=2):
    of_run = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id]), level=LogFilterLevel(ge_=logging.WARNING))
    logs = await client.read_logs(log_filter=of_run, limit=lines, sort=LogSort.TIMESTAMP_DESC)
    return [f"{logging.getLevelName(log.level)} {log.name}: {log.message}" for log in reversed(logs)]


async def main():
    async with get_client() as client:
        failed = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Failed"]))),
            sort=FlowRunSort.NAME_ASC,
        )
        for run in failed:
            print(run.name, await last_words(client, run))


asyncio.run(main())
