"""Cancel all runs with a tag that have not ended, ten at a time. With the client that blocks."""

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType, FlowRunFilterTags
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Cancelling


def cancel(tag: str) -> int:
    done = 0
    wanted = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[tag]),
        state=FlowRunFilterState(
            type=FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.SCHEDULED])
        ),
    )
    with get_client(sync_client=True) as client:
        while runs := client.read_flow_runs(flow_run_filter=wanted, sort=FlowRunSort.NAME_ASC, limit=10):
            for run in runs:
                state = Cancelling() if run.state.is_running() else Cancelled()
                result = client.set_flow_run_state(run.id, state)
                print(run.name, run.state.name, "->", result.state.name, result.status.name)
                done += 1
    return done


if __name__ == "__main__":
    print(cancel("nightly"), "cancelled")
