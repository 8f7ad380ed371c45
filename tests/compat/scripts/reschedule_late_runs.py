"""Replace the runs of a deployment that are late by new ones, a few hours from now."""

import asyncio
from datetime import UTC, datetime, timedelta

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
)
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Scheduled


async def reschedule(deployment_name: str, hours: int, at_most: int = 50) -> list[str]:
    moved = []
    async with get_client() as client:
        late = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Late", "Scheduled"])),
                expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC) - timedelta(minutes=5)),
            ),
            deployment_filter=DeploymentFilter(name=DeploymentFilterName(like_=deployment_name)),
            sort=FlowRunSort.EXPECTED_START_TIME_ASC,
            limit=at_most,
        )
        for run in late:
            at = run.expected_start_time + timedelta(hours=hours)
            new = await client.create_flow_run_from_deployment(
                deployment_id=run.deployment_id, name=f"{run.name} again", state=Scheduled(scheduled_time=at)
            )
            await client.delete_flow_run(flow_run_id=run.id)
            moved.append(f"{run.name} ({run.state_name}) -> {new.name} ({new.state_name})")
    return moved


if __name__ == "__main__":
    for line in asyncio.run(reschedule("hourly", hours=6)):
        print(line)
