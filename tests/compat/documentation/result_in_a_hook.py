"""A hook of a task that reads the result from the state."""

from typing import Any, TypeVar

from prefect import Task, flow, task
from prefect.cache_policies import INPUTS, TASK_SOURCE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import TaskRun
from prefect.states import State

T = TypeVar("T")


def tell(task: Task, task_run: TaskRun, state: State[T]) -> None:
    result = state.result()
    print(task.name, task_run.name.startswith("cast_to"), isinstance(state, State))
    print(type(result), repr(result))


@task(cache_policy=INPUTS + TASK_SOURCE, on_completion=[tell])
def cast_to(data: Any, target: type[T]) -> T:
    return target(data)


@flow
def typed() -> bool:
    with get_client(sync_client=True) as client:
        return client.read_flow_by_name("typed").name == "typed" and cast_to("5", int) == 5


print(typed())
