"""Typical mistakes of a new user, and the words that lead out of each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.compat import PrefectClient, SyncPrefectClient
from prefectkit.models.actions import CancelFlowRun
from prefectkit.models.filters import (
    FlowFilter,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterName,
    FlowRunFilterStartTime,
    FlowRunFilterTags,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefectkit.models.flow_runs import FlowRun
from prefectkit.models.flows import Flow
from prefectkit.models.logs import LogCreate
from prefectkit.models.schedules import CronSchedule
from prefectkit.models.state_constructors import Completed, Failed, Paused, Suspended
from prefectkit.models.states import StateCreate, StateType
from prefectkit.models.triggers import EventTrigger
from prefectkit.plugins import Request, hookimpl
from tests.fakes import AsyncFakeTransport, FakeTransport

URL = "http://127.0.0.1:4200/api"
ID = UUID(int=7)
RUN = FlowRun(id=ID, name="tall-cat", flow_id=ID, parameters={"rows": "x" * 3000})
FLOW = Flow(id=ID, name="etl")
LOG: Any = LogCreate(name="x", level="INFO", message="m", timestamp=datetime.now(UTC))  # type: ignore[arg-type] -- wrong
PAUSED: Any = Paused
SUSPENDED: Any = Suspended
TRIGGER: Any = EventTrigger(posture="Proactive", threshold=1, within="5m")  # type: ignore[arg-type] -- wrong
OF_A_FILTER = ["any_ of FlowRunFilterId must be a UUID", "a FlowRun with the id", "pass its .id"]


class Plain:
    """Somebody else's object with an id."""

    id = ID


PLAIN = Plain()


def told(call: Callable[[], object]) -> str:
    with pytest.raises(Exception) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        # Another name
        (lambda client: client.flow_runs.get(ID), ["'FlowRuns' object has no attribute 'get'", "'read'"]),
        (lambda client: client.flow_runs.fetch, ["'read'"]),
        (lambda client: client.flow_runs.all, ["'list' or 'iterate'"]),
        (lambda client: client.flow_runs.remove, ["'delete'"]),
        (lambda client: client.flow_runs.new, ["'create'"]),
        (lambda client: client.flow_runs.cancel, ["'set_state'"]),
        (lambda client: client.flows.by_name, ["'read_by_name'"]),
        (lambda client: client.deployments.run, ["'create_flow_run'"]),
        (lambda client: client.flowruns, ["'flow_runs'"]),
        (lambda client: client.flow_run, ["'flow_runs'"]),
        (lambda client: client.pools, ["'work_pools'"]),
        (lambda client: client.read_flow_run(ID), ["'flow_runs.read'", "prefectkit.compat"]),
        (lambda client: client.nothing_like_it, ["There are ", "admin, api_url"]),
        # Another keyword
        (lambda client: client.flow_runs.list(status="FAILED"), ["list(): ", "'status'. Did you mean 'state'?"]),
        (lambda client: client.flow_runs.list(order_by="NAME_ASC"), ["Did you mean 'sort'?"]),
        (lambda client: client.flow_runs.create(flow_id=ID, params={}), ["Did you mean 'parameters'?"]),
        (lambda client: client.flow_runs.create({"flow_id": ID}), ["by keyword", "write create(**fields)"]),
        (lambda client: client.flow_runs.update(ID, {"name": "x"}), ["write update(flow_run_id, **fields)"]),
        (lambda client: client.flow_runs.create(RUN), ["It does not take a FlowRun as a whole"]),
        (lambda client: client.with_options(retries=3), ["with_options(): ", "Did you mean 'max_attempts'?"]),
        (lambda client: client.bulk(client.flow_runs.read, [], concurrency=4), ["Did you mean 'in_flight'?"]),
        (lambda client: FlowRunFilterName(any=["x"]), ["FlowRunFilterName(): ", "Did you mean 'any_'?"]),
        (lambda client: FlowRunFilterTags(all=["x"]), ["Did you mean 'all_'?"]),
        (lambda client: FlowRunFilterStartTime(after=1), ["Did you mean 'after_'?"]),
        (lambda client: FlowRunFilter(names=1), ["Did you mean 'name'?"]),
        (lambda client: FlowRunFilter(FlowRunFilterName(any_=["x"])), ["no positional arguments", "name"]),
        (lambda client: Completed(msg="done"), ["Did you mean 'message'?"]),
        # An object in place of what it is known by, or of a method
        (lambda client: client.flow_runs.read(RUN), ["got a FlowRun with the id", str(ID), "pass its .id"]),
        (lambda client: client.flow_runs.set_state(RUN, Completed()), ["pass its .id"]),
        (lambda client: client.work_pools.read(RUN), ["must be text, got a FlowRun", "pass its .name"]),
        (lambda client: client.flow_runs.set_state(ID, RUN), ["Completed(), Running()", "got a FlowRun"]),
        (lambda client: client.bulk(RUN, [ID]), ["without calling it", "client.flow_runs.read", "got a FlowRun"]),
        (lambda client: client.flow_runs.create(flow_id=FLOW), ["flow_id must", "a Flow with the id", "pass its .id"]),
        (lambda client: client.flow_runs.create(flow_id=PLAIN), ["flow_id must", "a Plain with", "pass its .id"]),
        (lambda client: client.deployments.create(name="x", flow_id=FLOW), ["flow_id must", "pass its .id"]),
        (lambda client: client.task_runs.create(flow_run_id=RUN, task_key="x", dynamic_key="0"), ["flow_run_id must"]),
        (lambda client: client.flow_runs.list(flow_runs=FlowRunFilter(id=FlowRunFilterId(any_=[RUN]))), OF_A_FILTER),
        (lambda client: client.bulk(client.flow_runs.read, {"id": ID}), ["bulk takes a list", "got {'id': UUID("]),
        (lambda client: client.bulk(client.flow_runs.read, [ID], progress=True), ["progress must be a function"]),
        (lambda client: client.bulk(client.flow_runs.read, [ID], in_flight=True), ["a whole number, at least 1"]),
        (lambda client: client.deployments.create_flow_run(ID, scheduled_time=1), ["Did you mean 'state'?"]),
        (lambda client: client.get("/flows"), ["Did you mean 'request'?"]),
        (lambda client: client.deployments.update(ID, schedule=1), ["'schedule'. Did you mean 'schedules'?"]),
        (lambda client: client.request(5, "/health"), ["5 is not an HTTP method"]),
        (lambda client: client.request("GET", 5), ["path must be text, got 5"]),
        (lambda client: client.request("GET", "/health", query="a=b"), ["query must be a dict, got 'a=b'"]),
        (lambda client: client.flow_runs.set_state(ID, Completed(state_details=5)), ["not a valid StateDetails"]),
        (lambda client: client.automations.create(name="x", trigger=TRIGGER, actions=[]), ["within of EventTrigger"]),
        (
            lambda client: client.automations.create(name="x", trigger={}, actions=[CancelFlowRun]),
            ["$.actions[0] is the class CancelFlowRun"],
        ),
        # One value in place of a list
        (lambda client: client.logs.create("hello"), ["logs must be a list, got 'hello': write ['hello']"]),
        (lambda client: client.logs.create(LOG), ["logs must be a list, got ", ": write ["]),
        (lambda client: client.deployments.schedules.create(ID, "0 9 * * *"), ["schedules must be a list"]),
        (lambda client: client.deployments.bulk_create_flow_runs(ID, RUN), ["flow_runs must be a list, got a FlowRun"]),
        # A number of seconds
        (lambda _: PAUSED(timeout_seconds="5"), ["timeout_seconds must be a number of seconds", "got '5'"]),
        (lambda _: PAUSED(timedelta(minutes=5)), ["a number of seconds", "got datetime.timedelta(seconds=300)"]),
        (lambda _: SUSPENDED("1"), ["timeout_seconds must be a number of seconds, got '1'"]),
        (lambda _: PAUSED(True), ["timeout_seconds must be a number of seconds, got True"]),
        # A value of another type than the field's
        (lambda client: client.flows.create(name=5), ["name must be text, got 5"]),
        (lambda client: client.flows.create(name="x", tags="etl"), ["tags must be a list of text", "write ['etl']"]),
        (lambda client: client.flow_runs.create(flow_id=ID, parameters=[1]), ["parameters must be a dict, got [1]"]),
        (lambda client: client.flow_runs.create(flow_id="nightly"), ["flow_id must be a UUID, got 'nightly'"]),
        (lambda client: client.flow_runs.create(flow_id=ID, state="Late"), ["must be a state such as Completed()"]),
        (lambda client: client.flow_runs.create(flow_id=ID, empirical_policy=3), ["must be a FlowRunPolicy, got 3"]),
        (
            lambda client: client.flow_runs.create(flow_id=ID, empirical_policy={"retries": "many"}),
            ["retries of empirical_policy must be a whole number, got 'many'"],
        ),
        (lambda client: client.deployments.create(name="x", flow_id=ID, paused="no"), ["True or False, got 'no'"]),
        (
            lambda client: client.deployments.create(name="x", flow_id=ID, schedules=[CronSchedule(cron="0 9 * * *")]),
            ["an item of schedules must be a DeploymentScheduleCreate, got CronSchedule("],
        ),
        (lambda client: client.work_queues.create(name="x", priority="high"), ["priority must be a whole number"]),
        (lambda client: client.work_pools.update("x", description=5), ["description must be text, got 5"]),
        (lambda client: client.logs.create([LOG]), ["level of LogCreate must be a whole number, got 'INFO'"]),
        (lambda client: client.logs.list(level="WARNING"), ["level must be an integer", "got 'WARNING'"]),
        (lambda client: client.flow_runs.set_state(ID, Completed(), force="yes"), ["force must be True or False"]),
        (lambda client: client.flow_runs.set_state(ID, Failed(message=5)), ["message of StateCreate must be text"]),
        (lambda client: client.flow_runs.resume(ID, run_input="x"), ["run_input must be a dict, got 'x'"]),
        (lambda client: client.flow_runs.list(sort="name_asc"), ["sort cannot be", "Did you mean 'NAME_ASC'?"]),
        (lambda client: client.flow_runs.list(flow_runs="x"), ["flow_runs must be a FlowRunFilter, got 'x'"]),
        (lambda client: client.flow_runs.list(flow_runs=FlowFilter()), ["must be a FlowRunFilter, got FlowFilter("]),
        (lambda client: client.flow_runs.list(flow_runs={"name": {"any_": "x"}}), ["must be a list of text, got 'x'"]),
        (
            lambda client: client.flow_runs.list(flow_runs=FlowRunFilter(name=FlowRunFilterName(any_="x"))),
            ["any_ of FlowRunFilterName must be a list of text, got 'x': write ['x']"],
        ),
        (
            lambda client: client.task_runs.list(
                task_runs=TaskRunFilter(state=TaskRunFilterState(type=TaskRunFilterStateType(any_=["COMPLTED"])))
            ),
            ["cannot be 'COMPLTED'. Did you mean 'COMPLETED'?"],
        ),
        # What is no state
        (lambda client: client.flow_runs.set_state(ID, "Completed"), ["got 'Completed': write Completed()"]),
        (lambda client: client.flow_runs.set_state(ID, "FAILED"), ["got 'FAILED': write Failed()"]),
        (lambda client: client.flow_runs.set_state(ID, StateType.RUNNING), ["'RUNNING'>: write Running()"]),
        (lambda client: client.flow_runs.set_state(ID, Completed), ["got the function Completed: write Completed()"]),
        (lambda client: client.flow_runs.set_state(ID, StateCreate), ["Completed(), Running()", "StateCreate'>"]),
        (lambda client: client.flow_runs.set_state(ID, StateCreate(type="COMPLTED")), ["Did you mean 'COMPLETED'?"]),
        (lambda client: client.flow_runs.list(state=Completed()), ["state takes text, got StateCreate(", "its .type"]),
        # A value of the wrong kind
        (lambda client: client.flow_runs.list(since="1 day"), ["since must be a datetime", "'1 day'", "timedelta("]),
        (lambda client: client.flow_runs.list(until=5), ["until must be a datetime", "got 5", "timedelta("]),
        (lambda client: client.flow_runs.count(since="yesterday"), ["since must be a datetime", "'yesterday'"]),
        (lambda client: client.flow_runs.list(tags=[1]), ["tags takes text, got 1"]),
        (lambda client: client.flow_runs.list(tags=1), ["tags takes text, got 1"]),
        (lambda client: client.flow_runs.list(name=1), ["name takes text, got 1"]),
        (lambda client: client.flow_runs.list(name=[FLOW]), ["name takes text, got a Flow", "pass its .name"]),
        (lambda client: client.flow_runs.list(state=3), ["state takes text, got 3"]),
        (lambda client: client.flow_runs.list(deployment_id="x"), ["deployment_id must be a UUID, got 'x'"]),
        (lambda client: client.flow_runs.list(deployment_id=[ID, FLOW]), ["deployment_id must", "pass its .id"]),
    ],
)
@pytest.mark.parametrize("kind", ["sync", "asyncio", "trio"])
def test_the_nearest_name_is_suggested(kind: str, call: Callable[[Any], Any], words: list[str]) -> None:
    async def main() -> None:
        async with AsyncPrefect(URL, transport=transport) as client:
            await call(client)

    transport: Any = FakeTransport() if kind == "sync" else AsyncFakeTransport()
    if kind == "sync":
        message = told(lambda: call(Prefect(URL, transport=transport)))
    else:
        message = told(lambda: anyio.run(main, backend=kind))
    assert all(word in message for word in words), message
    assert len(message) < 600
    assert transport.requests == []


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        ({"url": URL}, "api"),
        ({"key": "x"}, "api_key"),
        ({"retries": 3}, "max_attempts"),
        ({"headers": {}}, "httpx_settings"),
        ({"timout": 3}, "timeout"),
    ],
)
@pytest.mark.parametrize("client", [Prefect, AsyncPrefect])
def test_a_client_names_the_argument_that_was_meant(client: Any, arguments: dict[str, Any], meant: str) -> None:
    assert f"{client.__name__}(): unexpected keyword" in (message := told(lambda: client(**arguments)))
    assert f"Did you mean '{meant}'?" in message


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda client: client.get_flow_run(ID), ["Did you mean 'read_flow_run'?"]),
        (lambda client: client.flow_runs, ["Did you mean 'read_flow_runs'?"]),
        (lambda client: client.read_flow_runs(filters=1), ["read_flow_runs(): ", "'flow_filter'"]),
        (lambda client: client.read_flow_run(RUN), ["got a FlowRun with the id", "pass its .id"]),
        (lambda client: client.set_flow_run_state(ID, "COMPLETED"), ["Completed(), Running()", "got 'COMPLETED'"]),
    ],
)
def test_the_flat_client_suggests_the_nearest_name(call: Callable[[Any], Any], words: list[str]) -> None:
    client = SyncPrefectClient(URL)
    message = told(lambda: call(client))
    assert all(word in message for word in words), message


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_statement_of_the_other_client(backend: str) -> None:
    blocking: Any = Prefect(URL, transport=FakeTransport())
    awaited: Any = AsyncPrefect(URL, transport=AsyncFakeTransport())
    flat: Any = SyncPrefectClient(URL)

    async def enter(client: Any) -> None:
        async with client:
            pass

    async def loop(rows: Any) -> None:
        async for _ in rows:
            pass

    def enter_blocking(client: Any) -> None:
        with client:
            pass

    assert "`with Prefect(...)`" in told(lambda: anyio.run(enter, blocking, backend=backend))
    assert "`async with AsyncPrefect(...)`" in told(lambda: enter_blocking(awaited))
    assert "get_client(sync_client=True)" in told(lambda: anyio.run(enter, flat, backend=backend))
    assert "async with" in told(lambda: enter_blocking(PrefectClient(URL)))
    assert "`for`, not `async for`" in told(lambda: anyio.run(loop, blocking.flow_runs.iterate(), backend=backend))
    assert "`async for`" in told(lambda: list(awaited.flow_runs.iterate()))
    assert "`async for`" in told(lambda: list(awaited.bulk(awaited.flow_runs.read, [ID])))
    assert "Did you mean 'aclose'?" in told(lambda: awaited.close())
    assert "Did you mean 'close'?" in told(lambda: blocking.aclose())


class Misspelt:
    @hookimpl
    def before_sned(self, request: Request) -> None: ...


class WrongArgument:
    @hookimpl
    def before_send(self, requst: Request) -> None: ...


class WrongAttribute:
    @hookimpl
    def before_send(self, request: Any) -> None:
        request.header["x"] = "y"


@pytest.mark.parametrize(
    ("plugins", "words"),
    [
        ([Misspelt()], ["unknown hook 'before_sned'. Did you mean 'before_send'?"]),
        ([WrongArgument()], ["requst", "Its arguments are call, request"]),
        (Misspelt(), ["plugins must be a list of plugins", "write plugins=[...]"]),
        ("gateway", ["plugins must be a list of plugins, got 'gateway'"]),
        ([WrongAttribute()], ["has no attribute 'header'. Did you mean 'headers'?"]),
    ],
)
def test_a_plugin_that_is_wrong(plugins: Any, words: list[str]) -> None:
    message = told(lambda: Prefect(URL, transport=FakeTransport(), plugins=plugins).health())
    assert all(word in message for word in words), message


@pytest.mark.parametrize(("misspelt", "meant"), [("run.state_nam", "state_name"), ("result.acepted", "accepted")])
def test_the_interpreter_names_the_field_of_a_result_that_was_meant(misspelt: str, meant: str) -> None:
    # Its suggestion needs no code: a `__getattr__` of the models would make each access to a field seven times slower.
    code = f"from prefectkit.models import FlowRun as run, OrchestrationResult as result; {misspelt}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip().endswith(f"Did you mean: '{meant}'?")
