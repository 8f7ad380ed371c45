from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import State, StateType

with get_client(sync_client=True) as client:
    running = client.read_flow_runs(flow_run_filter=FlowRunFilter(state={"type": {"any_": [StateType.RUNNING]}}))
    for run in running:
        client.set_flow_run_state(run.id, state=State(type=StateType.CANCELLING, name="Cancelling"), force=True)
    print(sorted(client.read_flow_run(run.id).state.type.value for run in running))
