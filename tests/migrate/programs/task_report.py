from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.sorting import TaskRunSort

with get_client(sync_client=True) as client:
    where = FlowRunFilter(name=FlowRunFilterName(like_="extract-running"))
    for task in client.read_task_runs(flow_run_filter=where, sort=TaskRunSort.NAME_ASC):
        print(task.name, task.task_key, task.dynamic_key, task.state.type.value)
