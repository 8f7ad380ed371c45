from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName

with get_client(sync_client=True) as client:
    (run,) = client.read_flow_runs(flow_run_filter=FlowRunFilter(name=FlowRunFilterName(any_=["report-failed-0"])))
    states = client.read_flow_run_states(run.id)
    print([state.name for state in sorted(states, key=lambda state: state.timestamp)])
    print(run.start_time is not None, run.total_run_time is not None)
