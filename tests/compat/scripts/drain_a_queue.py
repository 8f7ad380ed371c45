"""Close a work queue: pause it, cancel what waits in it, say what is left."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolUpdate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
    WorkQueueFilter,
    WorkQueueFilterName,
)
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled

POOL, QUEUE = "kube", "urgent"


async def main():
    async with get_client() as client:
        queue = await client.read_work_queue_by_name(QUEUE, work_pool_name=POOL)
        await client.update_work_queue(queue.id, is_paused=True, description="closed")
        selection = {
            "work_pool_filter": WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])),
            "work_queue_filter": WorkQueueFilter(name=WorkQueueFilterName(any_=[QUEUE])),
        }
        waiting = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=["SCHEDULED", "PENDING"]))
            ),
            sort=FlowRunSort.NAME_ASC,
            **selection,
        )
        for run in waiting:
            result = await client.set_flow_run_state(run.id, Cancelled(message=f"{QUEUE} is closed"))
            print(run.name, run.work_queue_name, "->", result.state.name)
        closed = await client.read_work_queue(queue.id)
        print(closed.name, closed.is_paused, closed.description)
        await client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=0))
        for other in sorted(await client.read_work_queues(work_pool_name=POOL), key=lambda other: other.name):
            due = await client.get_scheduled_flow_runs_for_work_pool(POOL, [other.name])
            print(other.name, other.priority, other.is_paused, len(due))


asyncio.run(main())
