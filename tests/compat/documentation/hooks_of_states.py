"""Hooks that state their types, as flows and tasks call them."""

from prefect import Flow, Task, flow, get_client, task
from prefect.client.schemas.objects import FlowRun, TaskRun
from prefect.states import State


def of_a_task(task: Task, run: TaskRun, state: State) -> None:
    print(task.name, run.name.startswith("divide"), state.name)


def of_a_flow(flow: Flow, run: FlowRun, state: State) -> None:
    with get_client(sync_client=True) as client:
        stored = client.read_flow_run(run.id)
    print(flow.name, stored.name == run.name, isinstance(stored, FlowRun), state.name, stored.state.type)


@task(on_completion=[of_a_task], on_failure=[of_a_task])
def divide(by: int) -> float:
    return 1 / by


@flow(on_completion=[of_a_flow], on_failure=[of_a_flow])
def divides(by: int) -> float:
    return divide(by)


print(divides(0, return_state=True).is_failed())
