"""Within `swap_prefect_client`, Prefect's own helpers, engine and worker send their requests with our clients."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import prefect
import prefect.main  # binds the name, as `from prefect import get_client` does
import pytest
from prefect.client import orchestration
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings

from prefectkit import Prefect
from prefectkit.compat import PrefectClient, SyncPrefectClient, swap_prefect_client
from prefectkit.errors import ConfigError
from tests.compat import two_clients
from tests.compat.comparison import compare
from tests.compat.scenarios import ALL
from tests.compat.two_clients import Scenario
from tests.real_server import RealServer

pytestmark = [pytest.mark.prefect_engine, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

FLOW = """
from prefect import flow

@flow
def hello(name: str = "nobody"):
    with open("greeting", "w") as file:
        file.write(name)
"""


@pytest.fixture(autouse=True)
def engine_settings(server: RealServer) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: server.url, PREFECT_LOGGING_TO_API_ENABLED: False}):
        yield


@pytest.fixture
def swapped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within it, a request of Prefect's own client is an error."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("Prefect's own client sent a request")

    monkeypatch.setattr("prefect.client.base.PrefectHttpxAsyncClient.send", refuse)
    monkeypatch.setattr("prefect.client.base.PrefectHttpxSyncClient.send", refuse)
    with swap_prefect_client():
        yield


@pytest.fixture
def name() -> str:
    return f"swap-{uuid4().hex[:8]}"


def is_ours() -> bool:
    kinds = [type(get(sync_client=True)) for get in (orchestration.get_client, prefect.get_client)]
    kinds.append(type(prefect.main.get_client(sync_client=True)))
    ours = {issubclass(kind, SyncPrefectClient) for kind in kinds}
    assert all(issubclass(kind, prefect.client.orchestration.SyncPrefectClient) for kind in kinds)
    assert ours == {issubclass(type(orchestration.get_client()), PrefectClient)}
    assert len(ours) == 1
    return ours.pop()


def test_every_name_of_get_client_is_reached_and_only_within() -> None:
    theirs = orchestration.PrefectClient, orchestration.SyncPrefectClient
    assert not is_ours()
    with swap_prefect_client():
        assert is_ours()
        with swap_prefect_client():
            assert is_ours()
        assert is_ours()
        assert isinstance(orchestration.get_client(), theirs[0])
        assert isinstance(orchestration.get_client(sync_client=True), theirs[1])
    assert not is_ours()
    with pytest.raises(LookupError), swap_prefect_client():
        raise LookupError
    assert (orchestration.PrefectClient, orchestration.SyncPrefectClient) == theirs


def test_blocks_that_overlap_in_threads_end_with_the_last() -> None:
    inside, one_left = Barrier(2), Barrier(2)

    def other() -> None:
        with swap_prefect_client():
            inside.wait(30)
            one_left.wait(30)

    thread = Thread(target=other)
    with swap_prefect_client():
        thread.start()
        inside.wait(30)
    assert is_ours()
    one_left.wait(30)
    thread.join()
    assert not is_ours()


def test_a_client_keeps_working_afterwards(server: RealServer) -> None:
    with swap_prefect_client():
        client = orchestration.get_client(sync_client=True)
    with client:
        assert str(client.api_url).rstrip("/") == server.url
        assert client.hello().status_code == 200


def test_without_prefect_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prefect.client", None)
    with pytest.raises(ConfigError, match="not installed here: pip install prefect"), swap_prefect_client():
        raise AssertionError


@pytest.mark.usefixtures("swapped")
def test_results_are_of_prefects_classes(name: str) -> None:
    from prefect.client.schemas import objects, responses

    parameters = {"x": 1}
    with orchestration.get_client(sync_client=True) as client:
        flow_id = client.create_flow_from_name(name)
        assert type(client.read_flow(flow_id)) is objects.Flow
        run = client.create_flow_run(prefect.flow(lambda x: x, name=name), parameters=parameters)
        assert run.parameters is parameters
        assert [type(each) for each in client.read_flow_run_states(run.id)] == [objects.State]
        accepted = client.set_flow_run_state(run.id, prefect.states.Running())
        assert type(accepted) is responses.OrchestrationResult
        assert type(accepted.details) is responses.StateAcceptDetails
        deployment = client.create_deployment(flow_id, name)
        assert type(client.read_deployment(deployment)) is responses.DeploymentResponse
        assert client.read_variable_by_name(name) is None
        with pytest.raises(prefect.exceptions.ObjectNotFound):
            client.read_work_pool(name)


@pytest.mark.anyio
@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.__name__)
async def test_results_have_the_fields_of_prefects_own_client(
    scenario: Scenario, server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with swap_prefect_client():
        monkeypatch.setattr(two_clients, "SyncPrefectClient", type(orchestration.get_client(sync_client=True)))
    wrong = await compare(scenario, two_clients.official_names, True, server.url)
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("swapped")
def test_variables_blocks_and_artifacts(name: str) -> None:
    from prefect.artifacts import Artifact, create_markdown_artifact
    from prefect.blocks.system import Secret
    from prefect.variables import Variable

    variable = name.replace("-", "_")
    Variable.set(variable, {"a": 1})
    assert Variable.get(variable) == {"a": 1}
    assert asyncio.run(Variable.aget(variable)) == {"a": 1}
    assert Variable.unset(variable)
    Secret(value="hidden").save(name)
    assert Secret.load(name).get() == "hidden"
    Secret.delete(name)
    with pytest.warns(FutureWarning, match="outside of a flow"):
        create_markdown_artifact("# Rows", key=name)
    found = Artifact.get(name)
    assert found is not None
    assert found.data == "# Rows"


@pytest.mark.usefixtures("swapped")
def test_the_engine_runs_flows(name: str) -> None:
    @prefect.task
    def double(x: int) -> int:
        return 2 * x

    @prefect.flow(name=name)
    def blocks(x: int) -> int:
        return double(x) + double.submit(x).result()

    @prefect.flow(name=name)
    async def awaits(x: int) -> int:
        return x

    assert blocks(3) == 12
    assert asyncio.run(awaits(3)) == 3
    state = prefect.flow(lambda: prefect.states.Failed(message="no rows"), name=name)(return_state=True)
    assert (state.name, state.message) == ("Failed", "no rows")


@pytest.mark.usefixtures("swapped")
def test_slots_are_taken(name: str, server: RealServer) -> None:
    from prefect.concurrency.sync import concurrency

    with Prefect(server.url) as client:
        client.global_concurrency_limits.create(name=name, limit=1)
        with concurrency(name, strict=True):
            assert client.global_concurrency_limits.read(name).active_slots == 1
        assert client.global_concurrency_limits.read(name).active_slots == 0


@pytest.mark.usefixtures("swapped")
def test_a_process_worker_runs_what_was_deployed(name: str, server: RealServer, tmp_path: Path) -> None:
    from prefect.deployments import run_deployment
    from prefect.workers.process import ProcessWorker

    (tmp_path / "hello.py").write_text(FLOW)
    with Prefect(server.url) as client:
        client.work_pools.create(name=name, type="process")
    prefect.flow.from_source(str(tmp_path), "hello.py:hello").deploy(
        name, work_pool_name=name, build=False, push=False, print_next_steps=False, ignore_warnings=True
    )
    run = run_deployment(f"hello/{name}", parameters={"name": name}, timeout=0)
    asyncio.run(ProcessWorker(work_pool_name=name).start(run_once=True))
    with Prefect(server.url) as client:
        state = client.flow_runs.read(run.id).state
        assert state is not None
        assert state.name == "Completed"
        assert [worker.name for worker in client.work_pools.workers.list(name)]
    assert (tmp_path / "greeting").read_text() == name
