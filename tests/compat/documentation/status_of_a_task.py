"""What became of a task that was started in the background."""

import asyncio
from typing import Any, Literal, cast
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import TaskRun

Status = Literal["completed", "pending", "error"]


def result_of(run: TaskRun) -> Any:
    try:
        return cast(Any, run.state.result(_sync=True))
    except Exception:
        return None


async def status_of(run_id: UUID) -> tuple[Status, Any]:
    try:
        async with get_client() as client:
            run = await client.read_task_run(run_id)
    except Exception as error:
        return "error", type(error).__name__
    if not run.state:
        return "pending", None
    if run.state.is_completed():
        return "completed", result_of(run)
    if run.state.is_failed():
        return "error", "failed"
    return "pending", None


async def main() -> None:
    async with get_client() as client:
        runs = await client.read_task_runs()
    for run in sorted(runs, key=lambda run: run.name):
        print(run.name, await status_of(run.id))
    print(await status_of(UUID(int=7)))


asyncio.run(main())
