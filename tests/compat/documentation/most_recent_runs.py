"""The runs that completed last."""

from __future__ import annotations

import asyncio

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort


async def newest(number: int, types: list[str] | None = None) -> list[FlowRun]:
    async with get_client() as client:
        ended = FlowRunFilter(state={"type": {"any_": types or ["COMPLETED"]}})
        return await client.read_flow_runs(flow_run_filter=ended, sort=FlowRunSort.END_TIME_DESC, limit=number)


runs: list[FlowRun] = asyncio.run(newest(3))
ends = [run.end_time for run in runs]
print([run.name for run in runs], ends == sorted(ends, reverse=True), all(run.state.is_completed() for run in runs))
print(sorted(run.name for run in asyncio.run(newest(9, ["FAILED", "CRASHED"]))))
