from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State


def tell(flow, flow_run, state: State) -> None:
    with get_client(sync_client=True) as client:
        print(flow.name, client.read_flow_run(flow_run.id).state.name, isinstance(state, State))


@flow(on_failure=[tell])
def breaks() -> None:
    raise ValueError("no")


print(breaks(return_state=True).is_failed())
