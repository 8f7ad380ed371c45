from prefect import flow
from prefect.client.orchestration import get_client
from prefect.states import Failed


@flow
def check(rows: int):
    if rows == 0:
        return Failed(message="no rows")
    return rows


state = check(0, return_state=True)
print(state.is_failed(), state.message, check(3))
with get_client(sync_client=True) as client:
    print(client.read_flow_run(state.state_details.flow_run_id).state.is_failed())
