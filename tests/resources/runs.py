"""Fixtures and helpers for the tests of runs and deployments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID, uuid4

from prefectkit.core.errors import AmbiguousOutcomeError, IncompleteResponse, ServerError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.transport import Transport
from prefectkit.models.deployments import Deployment
from prefectkit.models.filters.flow_runs import FlowRunFilter, FlowRunFilterId
from prefectkit.models.flow_runs import FlowRun
from prefectkit.models.flows import Flow
from prefectkit.models.state_constructors import Running
from prefectkit.models.task_runs import TaskRun
from tests.surfaces import Awaited

T = TypeVar("T")

# Each of them means something else in a URL than in a name; the server lets nothing be called by the latter.
AWKWARD = ["a b", "a#b", "a?b=c", "ünïcödé ☃", "a;b=c+d", "a\\b", "a:b@c"]
FORBIDDEN = ["100%", "%2e%2e", "a%2Fb", "a&b=c"]


def unique(text: str = "it") -> str:
    return f"{text} {uuid4()}"


async def new_flow(client: Awaited) -> Flow:
    return await client.flows.create(name=unique())


async def new_run(client: Awaited, **fields: Any) -> FlowRun:
    flow_id = fields.pop("flow_id", None) or (await new_flow(client)).id
    return await client.flow_runs.create(flow_id=flow_id, **fields)


async def new_task_run(client: Awaited, **fields: Any) -> TaskRun:
    fields = {"task_key": unique(), "dynamic_key": "0"} | fields
    if "flow_run_id" not in fields:
        # Only in a run that is under way may a task begin.
        fields["flow_run_id"] = (await new_run(client, state=Running())).id
    return await client.task_runs.create(**fields)


async def new_deployment(client: Awaited, **fields: Any) -> Deployment:
    flow_id = fields.pop("flow_id", None) or (await new_flow(client)).id
    return await client.deployments.create(**{"name": unique(), "flow_id": flow_id} | fields)


def these(*runs: FlowRun) -> FlowRunFilter:
    return FlowRunFilter(id=FlowRunFilterId(any_=[run.id for run in runs]))


async def record(client: Awaited, path: str, id: UUID) -> Any:
    """The JSON of a response, parsed without the SDK."""
    return (await client.request("GET", path, path_params={"id": id})).json()


async def when_free(call: Callable[..., Awaitable[T]], *args: Any, **fields: Any) -> T:
    """Repeat the call while a concurrent write of the server itself makes it return 503, with nothing done."""
    for _ in range(20):
        try:
            return await call(*args, **fields)
        except AmbiguousOutcomeError as error:
            if not isinstance(error.__cause__, ServerError) or error.__cause__.status != 503:
                raise
    raise AssertionError("the server's database is never free")


class Lossy:
    """A transport that loses the first response to a request whose path ends so; see `when_free` for 503."""

    def __init__(self, inner: Transport, end: str) -> None:
        self.inner = inner
        self.end = end
        self.sent = 0

    def send(self, request: Request) -> Response:
        response = self.inner.send(request)
        for _ in range(20):
            if response.status == 503:
                response = self.inner.send(request)
        if request.method != "GET" and request.target.endswith(self.end):
            self.sent += 1
            if self.sent == 1:
                raise IncompleteResponse("lost")
        return response

    def close(self) -> None:
        self.inner.close()
