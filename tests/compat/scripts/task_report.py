"""How the tasks of a run fared."""

import asyncio
from collections import defaultdict

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName, TaskRunFilter, TaskRunFilterFlowRunId
from prefect.client.schemas.sorting import TaskRunSort
from prefect.states import Failed


async def main():
    async with get_client() as client:
        (run,) = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(name=FlowRunFilterName(any_=["extract-running-0"]))
        )
        of_run = TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=[run.id]))
        tasks = await client.read_task_runs(task_run_filter=of_run, sort=TaskRunSort.NAME_ASC)
        by_state = defaultdict(list)
        for task in tasks:
            by_state[task.state.type.value].append(task.name)
        for state, names in sorted(by_state.items()):
            print(state, names)
        running = next(task for task in tasks if task.state.is_running())
        result = await client.set_task_run_state(running.id, Failed(message="took too long"))
        print(running.name, result.status.value, result.state.message)
        print([state.name for state in await client.read_task_run_states(running.id)])


asyncio.run(main())
