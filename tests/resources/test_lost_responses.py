"""The first response is lost: what the server has afterwards, for each retry safety of runs and deployments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID, uuid4

import pytest

from prefectkit import Prefect
from prefectkit.errors import AmbiguousOutcomeError
from prefectkit.models.deployment_schedules import DeploymentScheduleCreate
from prefectkit.models.deployments import DeploymentFlowRunCreate
from prefectkit.models.filters.deployments import DeploymentFilter, DeploymentFilterId
from prefectkit.models.filters.flow_runs import FlowRunFilter, FlowRunFilterId
from prefectkit.models.filters.flows import FlowFilter, FlowFilterId
from prefectkit.models.orchestration import SetStateStatus
from prefectkit.models.schedules import CronSchedule
from prefectkit.models.state_constructors import Paused, Running
from tests.real_server import RealServer
from tests.resources.runs import Lossy, unique
from tests.versions import since

Losing = Callable[[str], AbstractContextManager[Prefect]]


@pytest.fixture
def client(server: RealServer) -> Iterator[Prefect]:
    with Prefect(server.url) as plain:
        yield plain


@pytest.fixture
def losing(server: RealServer) -> Losing:
    """A client that loses the first response to a path, and at the end has sent it as often as its class allows."""

    @contextmanager
    def opened(end: str, sent: int = 2) -> Iterator[Prefect]:
        wrapped: list[Lossy] = []

        def wrap(inner: object) -> Lossy:
            wrapped.append(Lossy(inner, end))
            return wrapped[0]

        with Prefect(server.url, transport=wrap) as lossy:
            yield lossy
        assert wrapped[0].sent == sent

    return opened


@pytest.fixture
def flow_id(client: Prefect) -> UUID:
    return client.flows.create(name=unique()).id


def runs_of(client: Prefect, flow_id: UUID) -> int:
    return client.flow_runs.count(flows=FlowFilter(id=FlowFilterId(any_=[flow_id])))


def states_of(client: Prefect, run_id: UUID) -> list[str | None]:
    return [state.name for state in client.flow_run_states.list(run_id)]


def test_a_flow_run_is_created_once(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    with losing("/flow_runs/") as lossy:
        run = lossy.flow_runs.create(flow_id=flow_id)
    assert runs_of(client, flow_id) == 1
    assert client.flow_runs.read(run.id).idempotency_key == run.idempotency_key


def test_runs_of_a_deployment_are_created_once(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    deployment = client.deployments.create(flow_id=flow_id, name=unique())
    with losing("/create_flow_run") as lossy:
        lossy.deployments.create_flow_run(deployment.id)
    with losing("/bulk") as lossy:
        several = [DeploymentFlowRunCreate(), DeploymentFlowRunCreate()]
        assert len(lossy.deployments.bulk_create_flow_runs(deployment.id, several).results) == 2
    assert runs_of(client, flow_id) == 3


def test_a_state_is_set_once_and_the_retry_says_so(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    run = client.flow_runs.create(flow_id=flow_id)
    with losing("/set_state", sent=1) as lossy:
        result = lossy.flow_runs.set_state(run.id, Running())
    assert result.status is SetStateStatus.ACCEPT
    assert states_of(client, run.id) == ["Pending", "Running"]
    assert client.flow_runs.read(run.id).run_count == 1


def test_a_forced_state_is_not_sent_again(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    run = client.flow_runs.create(flow_id=flow_id)
    with losing("/set_state", sent=1) as lossy, pytest.raises(AmbiguousOutcomeError):
        lossy.flow_runs.set_state(run.id, Running(), force=True)
    assert states_of(client, run.id) == ["Pending", "Running"]


def test_what_would_happen_twice_is_not_sent_again(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    run = client.flow_runs.create(flow_id=flow_id, state=Running())
    task_run = client.task_runs.create(flow_run_id=run.id, task_key=unique(), dynamic_key="0")
    with losing("/set_state", sent=1) as lossy, pytest.raises(AmbiguousOutcomeError):
        lossy.task_runs.set_state(task_run.id, Running())
    assert [state.name for state in client.task_run_states.list(task_run.id)] == ["Pending", "Running"]

    client.flow_runs.set_state(run.id, Paused())
    with losing("/resume", sent=1) as lossy, pytest.raises(AmbiguousOutcomeError):
        lossy.flow_runs.resume(run.id)
    assert states_of(client, run.id)[-2:] == ["Paused", "Running"]

    deployment = client.deployments.create(flow_id=flow_id, name=unique())
    with losing("/schedules", sent=1) as lossy, pytest.raises(AmbiguousOutcomeError):
        schedule = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 0 * * *"))
        lossy.deployments.schedules.create(deployment.id, [schedule])
    assert len(client.deployments.schedules.list(deployment.id)) == 1


@since("3.6", "has no routes for many at once")
def test_what_would_happen_twice_to_many_is_not_sent_again(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    run = client.flow_runs.create(flow_id=flow_id, state=Running())
    deployment = client.deployments.create(flow_id=flow_id, name=unique())
    chosen = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
    with losing("/bulk_set_state", sent=1) as lossy, pytest.raises(AmbiguousOutcomeError):
        lossy.flow_runs.bulk_set_state(flow_runs=chosen, state=Running(name="Again"), force=True)
    assert states_of(client, run.id)[-1] == "Again"
    with losing("/bulk_delete", sent=1) as lossy, pytest.raises(AmbiguousOutcomeError):
        lossy.flow_runs.bulk_delete(flow_runs=chosen)
    assert runs_of(client, flow_id) == 0
    mine = DeploymentFilter(id=DeploymentFilterId(any_=[deployment.id]))
    with losing("/bulk_delete", sent=1) as lossy, pytest.raises(AmbiguousOutcomeError):
        lossy.deployments.bulk_delete(deployments=mine)
    assert client.deployments.count(deployments=mine) == 0


def test_an_input_is_sent_once(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    run = client.flow_runs.create(flow_id=flow_id)
    with losing("/input") as lossy:
        lossy.flow_runs.inputs.create(run.id, key="a", value="1")
    assert client.flow_runs.inputs.read(run.id, "a") == "1"


def test_the_server_finds_the_same_object(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    with losing("/deployments/") as lossy:
        deployment = lossy.deployments.create(flow_id=flow_id, name=unique())
    assert client.deployments.count(flows=FlowFilter(id=FlowFilterId(any_=[flow_id]))) == 1
    key = unique()
    for flow_run_id in (client.flow_runs.create(flow_id=flow_id).id, None):
        with losing("/task_runs/") as lossy:
            found = lossy.task_runs.create(flow_run_id=flow_run_id, task_key=key, dynamic_key="0")
        again = client.task_runs.create(flow_run_id=flow_run_id, task_key=key, dynamic_key="0")
        assert found.id == again.id
    for path in ("pause", "resume"):
        with losing(f"/{path}_deployment") as lossy:
            getattr(lossy.deployments, path)(deployment.id)
        assert client.deployments.read(deployment.id).paused is (path == "pause")


def test_a_deletion_that_was_carried_out_is_not_an_error(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    run = client.flow_runs.create(flow_id=flow_id)
    with losing(str(run.id)) as lossy:
        lossy.flow_runs.delete(run.id)
    assert runs_of(client, flow_id) == 0


def test_a_change_is_sent_again(client: Prefect, losing: Losing, flow_id: UUID) -> None:
    run = client.flow_runs.create(flow_id=flow_id)
    name = str(uuid4())
    with losing(str(run.id)) as lossy:
        lossy.flow_runs.update(run.id, name=name)
    with losing("/labels") as lossy:
        lossy.flow_runs.update_labels(run.id, {"a": 1})
    read = client.flow_runs.read(run.id)
    assert (read.name, read.labels["a"]) == (name, 1)
