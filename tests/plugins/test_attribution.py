"""Who makes the calls, as the headers say it."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from prefectkit import Prefect
from prefectkit.plugins.builtin.attribution import VARIABLES, Attribution
from tests.fakes import FakeTransport
from tests.plugins.test_builtin import headers_of

WORKER = {"PREFECT__WORKER_ID": "w-1", "PREFECT__WORKER_NAME": "a worker"}
RUN = {
    "PREFECT__FLOW_ID": "f-1",
    "PREFECT__FLOW_NAME": "my flow",
    "PREFECT__DEPLOYMENT_ID": "d-1",
    "PREFECT__DEPLOYMENT_NAME": "nightly",
}


def attributed(environ: dict[str, str], given: dict[str, str] | None = None) -> dict[str, str]:
    sent = headers_of(Attribution(environ), given=given)
    return {name: value for name, value in sent.items() if name in VARIABLES}


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flow run of a process that has Prefect loaded."""
    run = SimpleNamespace(flow_id="f-2", deployment_id=None)
    context = SimpleNamespace(flow_run=run, flow=SimpleNamespace(name="fløw\n"))
    module = SimpleNamespace(FlowRunContext=SimpleNamespace(get=lambda: context))
    monkeypatch.setitem(sys.modules, "prefect.context", module)


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process without Prefect."""
    monkeypatch.delitem(sys.modules, "prefect.context", raising=False)


@pytest.mark.usefixtures("idle")
def test_what_a_worker_told_its_process_is_sent() -> None:
    assert attributed(WORKER | RUN) == {header: (WORKER | RUN)[variable] for header, variable in VARIABLES.items()}
    assert attributed({"PREFECT__WORKER_NAME": " \t", "PREFECT__FLOW_NAME": " x "}) == {"x-prefect-flow-name": "x"}
    assert attributed({}) == {}


@pytest.mark.usefixtures("running")
def test_the_running_flow_wins_and_names_are_encoded() -> None:
    assert attributed(WORKER | RUN) == {
        "x-prefect-worker-id": "w-1",
        "x-prefect-worker-name": "a worker",
        "x-prefect-flow-id": "f-2",
        "x-prefect-flow-name": "fl%C3%B8w",
        "x-prefect-deployment-name": "nightly",
    }


@pytest.mark.usefixtures("idle")
def test_a_header_of_the_call_wins() -> None:
    assert attributed(WORKER, given={"x-prefect-worker-id": "mine"})["x-prefect-worker-id"] == "mine"


@pytest.mark.usefixtures("idle")
def test_it_is_in_use_only_where_it_has_something_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_used() -> bool:
        with Prefect("http://localhost/api", transport=FakeTransport()) as client:
            return "attribution" in client.plugins.names

    assert not is_used()
    monkeypatch.setenv("PREFECT__WORKER_ID", "w-1")
    assert is_used()


def test_a_name_that_no_utf8_can_hold_is_sent_all_the_same(idle: None) -> None:
    assert attributed({"PREFECT__FLOW_NAME": "job \udcff"}) == {"x-prefect-flow-name": "job ?"}
