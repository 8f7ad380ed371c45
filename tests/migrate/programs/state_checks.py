from prefect.client.orchestration import get_client
from prefect.states import State, StateType

with get_client(sync_client=True) as client:
    for run in sorted(client.read_flow_runs(), key=lambda run: run.name)[:6]:
        state = run.state
        assert isinstance(state, State)
        print(run.name, state.is_completed(), state.is_failed() or state.is_crashed(), state.is_final())
        assert state.is_running() == (state.type == StateType.RUNNING)
