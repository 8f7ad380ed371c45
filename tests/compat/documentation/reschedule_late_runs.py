"""Replace the late runs of a deployment by runs at a later time, with filters given as dicts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from prefect import get_client
from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Scheduled


async def reschedule(like: str, delay: timedelta, newest: int, names: list[str] | None = None) -> list[FlowRun]:
    replaced: list[FlowRun] = []
    async with get_client() as client:
        late = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=dict(name=dict(any_=names or ["Late", "Scheduled"])),
                expected_start_time=dict(before_=datetime.now(UTC)),
            ),
            deployment_filter=DeploymentFilter(name={"like_": like}),
            sort=FlowRunSort.START_TIME_DESC,
            limit=None,
        )
        for number, run in enumerate(late):
            await client.delete_flow_run(flow_run_id=run.id)
            if number < newest:
                moment = run.expected_start_time + delay
                state = Scheduled(scheduled_time=moment)
                new = await client.create_flow_run_from_deployment(deployment_id=run.deployment_id, state=state)
                assert new.expected_start_time == moment
                replaced.append(new)
        print("deleted", len(late))
    return replaced


runs = asyncio.run(reschedule("hour", timedelta(hours=6), newest=1))
print(len(runs), all(run.state.is_scheduled() for run in runs))
print(all(run.expected_start_time > datetime.now(UTC) for run in runs))
print(asyncio.run(reschedule("no such deployment", timedelta(hours=6), newest=1)))
