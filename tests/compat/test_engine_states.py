"""Flows and tasks of Prefect's engine that return the states of this package."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from prefectkit import Prefect, models
from prefectkit.models import Cancelled, Completed, Crashed, Failed, Scheduled, State, StateCreate, StateType
from tests.real_server import RealServer

# Prefect's engine leaves connections open.
pytestmark = pytest.mark.prefect_engine

OUTSIDE = Failed(message="made at import")


@pytest.fixture(autouse=True)
def engine_settings(server: RealServer) -> Iterator[None]:
    from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

    with temporary_settings({PREFECT_API_URL: server.url, PREFECT_LOGGING_TO_API_ENABLED: False}):
        yield


def run_flow(function: Callable[[], Any]) -> Any:
    """The final state of a flow run, which is Prefect's own."""
    from prefect import State as Official
    from prefect import flow

    state = flow(function)(return_state=True)
    if asyncio.iscoroutine(state):
        state = asyncio.run(state)
    assert type(state).__module__ == Official.__module__
    return state


RETURNED: list[Any] = [
    (lambda: Failed(message="no rows"), "Failed", "FAILED", "no rows"),
    (lambda: [Completed(), Failed()], "Failed", "FAILED", "1/2 states failed."),
    (lambda: Completed(name="Skipped", message="nothing to do"), "Skipped", "COMPLETED", "nothing to do"),
    (lambda: Cancelled(), "Cancelled", "CANCELLED", None),
    (lambda: Crashed(message="gone"), "Crashed", "CRASHED", "gone"),
    (lambda: State(type=StateType.FAILED, message="by hand"), "Failed", "FAILED", "by hand"),
    (lambda: (Completed(), Completed()), "Completed", "COMPLETED", "All states completed."),
]


@pytest.mark.parametrize(
    ("is_async", "make", "name", "type_", "message"),
    [(False, *case) for case in RETURNED] + [(True, *case) for case in RETURNED[:2]],
    ids=[
        "failed",
        "one-of-two",
        "named",
        "cancelled",
        "crashed",
        "by-hand",
        "both",
        "async-failed",
        "async-one-of-two",
    ],
)
def test_a_flow_ends_in_the_state_that_it_returns(
    server: RealServer, is_async: bool, make: Any, name: str, type_: str, message: str | None
) -> None:
    def blocks() -> Any:
        return make()

    async def awaits() -> Any:
        return make()

    state = run_flow(awaits if is_async else blocks)
    assert (state.name, state.type.value, state.message) == (name, type_, message)
    with Prefect(server.url) as client:
        read = client.flow_runs.read(state.state_details.flow_run_id).state
    assert read is not None and (read.name, read.type, read.message) == (name, type_, message)


def test_the_data_of_a_state_is_the_result_of_the_run() -> None:
    assert run_flow(lambda: Completed(data={"rows": 3})).result() == {"rows": 3}


@pytest.mark.parametrize("is_async", [False, True])
def test_a_task_ends_in_the_state_that_it_returns(is_async: bool) -> None:
    from prefect import task
    from prefect.exceptions import FailedRun

    @task
    def blocks(state: str) -> Any:
        return getattr(models, state)(name="Mine", data=5 if state == "Completed" else None)

    @task
    async def awaits(state: str) -> Any:
        return getattr(models, state)(name="Mine", data=5 if state == "Completed" else None)

    def of_blocking() -> Any:
        future = blocks.submit("Completed")
        future.wait()
        return [future.state, blocks("Completed", return_state=True), blocks("Failed", return_state=True)]

    async def of_awaited() -> Any:
        future = awaits.submit("Completed")
        future.wait()
        return [future.state, await awaits("Completed", return_state=True), await awaits("Failed", return_state=True)]

    state = run_flow(of_awaited if is_async else of_blocking)
    assert (state.type.value, state.message) == ("FAILED", "1/3 states failed.")
    submitted, completed, failed = state.data.result
    assert [each.name for each in (submitted, completed, failed)] == ["Mine"] * 3
    assert submitted.result() == completed.result() == 5
    with pytest.raises(FailedRun):
        failed.result()
    with pytest.raises(FailedRun):
        state.result()


def test_a_task_that_returns_failed_is_retried() -> None:
    from prefect import task

    tries: list[int] = []

    @task(retries=1)
    def flaky() -> Any:
        tries.append(1)
        return Failed() if len(tries) == 1 else Completed(data="second")

    assert run_flow(lambda: flaky()).data.result.result() == "second"
    assert len(tries) == 2


@pytest.mark.parametrize("type_", ["FAILED", "COMPLETED"])
def test_a_flow_ends_like_the_run_whose_state_it_returns(server: RealServer, type_: str) -> None:
    def reads() -> Any:
        with Prefect(server.url) as client:
            flow = client.flows.create(name="read-in-a-flow")
            run = client.flow_runs.create(flow_id=flow.id)
            client.flow_runs.set_state(run.id, StateCreate(type=StateType(type_), message="of another run"))
            return client.flow_runs.read(run.id).state

    assert run_flow(reads).type.value == type_


@pytest.mark.parametrize("returned", [OUTSIDE, [OUTSIDE], State(type=StateType.FAILED), Scheduled()])
def test_a_state_made_outside_of_the_run_is_refused(returned: Any) -> None:
    from prefect import task

    state = run_flow(lambda: returned)
    assert state.type.value == "FAILED"
    with pytest.raises(TypeError, match=r"made outside of a run: call Completed\(\), Failed\(\)"):
        state.result()
    with pytest.raises(TypeError, match="made outside of a run"):
        run_flow(lambda: task(lambda: returned)()).result()


def finished(server: RealServer, function: Callable[[], Any], **options: Any) -> State:
    """The final state of a run, read by this package."""
    from prefect import flow

    state = flow(function, persist_result=True, **options)(return_state=True)
    with Prefect(server.url) as client:
        read = client.flow_runs.read(state.state_details.flow_run_id).state
    assert type(read) is State
    return read


def broken() -> None:
    raise OSError("no rows")


def test_a_state_that_was_read_loads_its_result(server: RealServer) -> None:
    state = finished(server, lambda: {"rows": [1, None]})
    assert state.result() == asyncio.run(state.aresult()) == {"rows": [1, None]}

    async def awaits() -> Any:
        return await state.result()

    assert asyncio.run(awaits()) == {"rows": [1, None]}


def test_a_state_that_was_read_raises_the_error_of_its_run(server: RealServer) -> None:
    state = finished(server, broken)
    with pytest.raises(OSError, match=r"^no rows$"):
        state.result()
    assert isinstance(state.result(raise_on_failure=False), OSError)


def test_a_state_without_a_result_says_what_prefects_own_says() -> None:
    from prefect.exceptions import FailedRun, MissingResult, UnfinishedRun

    for state, error in ((Completed(), MissingResult), (Failed(message="m"), FailedRun), (Scheduled(), UnfinishedRun)):
        with pytest.raises(error):
            state.result()
    assert State(type=StateType.COMPLETED, data={"rows": 3}).result() == {"rows": 3}


def test_isinstance_with_the_official_class() -> None:
    from prefect import State as Official

    for state in (OUTSIDE, State(type=StateType.FAILED)):
        assert isinstance(state, Official)
        assert type(state) in (State, StateCreate)
    assert not isinstance(models.StateDetails(), Official)


def test_isinstance_of_an_official_state_with_the_class_of_this_package() -> None:
    from prefect.states import Completed as Official

    assert isinstance(Official(), State) and not isinstance(Official(), StateCreate)
    assert not isinstance(models.StateDetails(), State) and not isinstance(None, State)
    assert run_flow(lambda: Completed(data=isinstance(Failed(), State))).result()


def test_a_state_made_in_a_run_can_be_set(server: RealServer) -> None:
    def sets() -> Any:
        with Prefect(server.url) as client:
            flow = client.flows.create(name="set-in-a-flow")
            run = client.flow_runs.create(flow_id=flow.id, state=Scheduled())
            client.flow_runs.set_state(run.id, Failed(message="from a flow"), force=True)
            return client.flow_runs.read(run.id).state.message

    assert run_flow(sets).result() == "from a flow"
