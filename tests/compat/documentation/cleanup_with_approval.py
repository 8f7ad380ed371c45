"""A flow that shows what it would delete, and deletes what is approved."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from prefect import flow, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
)
from prefect.exceptions import ObjectNotFound
from prefect.flow_runs import pause_flow_run
from prefect.input import RunInput


class Approval(RunInput):
    approved: bool
    notes: str = ""


async def human() -> Approval:
    return await pause_flow_run(wait_for_input=Approval, timeout=60)


@flow(name="cleanup")
async def cleanup(names: list[str], by_hand: bool = False) -> dict:
    async with get_client() as client:
        runs = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                start_time=FlowRunFilterStartTime(before_=datetime.now(UTC) - timedelta(0)),
                state=FlowRunFilterState(name=FlowRunFilterStateName(any_=names)),
            ),
            limit=5,
        )
    for run in sorted(runs, key=lambda run: run.name):
        print(f"- {run.name} ({run.state.type.value})")
    approval = await human() if by_hand else Approval(approved=True)
    deleted = 0
    async with get_client() as client:
        for run in [*runs, *runs] if approval.approved else []:
            try:
                await client.delete_flow_run(run.id)
                deleted += 1
            except ObjectNotFound:
                print("gone already")
    return {"status": "completed", "deleted": deleted}


print(asyncio.run(cleanup(["Failed"])))
print(asyncio.run(cleanup(["No such state"])))
