import asyncio

from prefect import get_client
from prefect.client.schemas.filters import TaskRunFilter, TaskRunFilterState, TaskRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.states import Completed


async def main():
    open_ = TaskRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    async with get_client() as client:
        tasks = await client.read_task_runs(task_run_filter=TaskRunFilter(state=TaskRunFilterState(type=open_)))
        for task in sorted(tasks, key=lambda task: task.name):
            result = await client.set_task_run_state(task.id, Completed(), force=True)
            print(task.name, result.status.value)


asyncio.run(main())
