"""Ask for the cancellation of a run whose id is known."""

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.client.schemas.objects import State, StateType

with get_client(sync_client=True) as client:
    running = FlowRunFilter(name=FlowRunFilterName(any_=["extract-running-0"]))
    (run,) = client.read_flow_runs(flow_run_filter=running)
    cancelling = State(type=StateType.CANCELLING, name="Cancelling")
    result = client.set_flow_run_state(flow_run_id=run.id, state=cancelling)

print(result.status, result.state.name, result.details.type)
