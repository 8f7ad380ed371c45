"""Scenarios: calls that end in every possible way, on both clients, without pauses."""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

import anyio

from prefectkit.core.engine import Engine
from prefectkit.core.errors import ConnectError, IncompleteResponse
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.io import AsyncIO, SyncIO, run
from prefectkit.core.operation import Operation
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetryPolicy, RetrySafety
from prefectkit.plugins.testing.server import FakeServer

Reply: TypeAlias = Response | BaseException

ID: Final = "0195f3a0-0000-7000-8000-000000000001"


class Cancelled(BaseException):
    """The exception of a cancelled call."""


class Scenario(NamedTuple):
    """One call.

    Attributes:
        name: What happens in it.
        operation: The operation that is called.
        replies: The replies of the server, one for each attempt.
        body: The body that is sent.
        stream: Whether the response is read in chunks.
    """

    name: str
    operation: Operation
    replies: tuple[Reply, ...]
    body: object = None
    stream: bool = False


class ScenarioResult(NamedTuple):
    """How a call ended.

    Attributes:
        kind: The type of the error, or of the result.
        text: The message of the error, empty if there was none.
        sends: How often the request of the call was sent, without the plugins' own requests.
    """

    kind: type
    text: str
    sends: int


def _operation(name: str, method: str, path: str, retry_safety: RetrySafety) -> Operation:
    return Operation(name=name, method=method, path=PathTemplate(path), retry_safety=retry_safety)


def _json(status: int, body: bytes) -> Response:
    return Response(status, {"content-type": "application/json", "x-request-id": "check"}, body)


_READ: Final = _operation("flows.read", "GET", "/flows/{id:uuid}", RetrySafety.READ)
_CREATE: Final = _operation("logs.create", "POST", "/logs/", RetrySafety.NEVER)
_SECRET: Final = _operation("block_documents.create", "POST", "/block_documents/", RetrySafety.IDEMPOTENT)
_FLOW: Final = _json(200, b'{"id": "%s", "name": "etl"}' % ID.encode())
_BUSY: Final = _json(503, b'{"detail": "busy"}')

SCENARIOS: Final = (
    Scenario("a read", _READ, (_FLOW,)),
    Scenario("a read of chunks", _READ, (_FLOW,), stream=True),
    Scenario("a change", _CREATE, (_json(201, b"null"),), [{"message": "done", "level": 20}]),
    Scenario("a change with a secret", _SECRET, (_json(201, b'{"data": {}}'),), {"data": {"password": "hunter2"}}),
    Scenario("a refused key", _READ, (_json(401, b'{"detail": "no key"}'),)),
    Scenario("a refusal", _READ, (_json(404, b'{"detail": "Flow not found"}'),)),
    Scenario("a retry after a refusal", _READ, (_BUSY, _FLOW)),
    Scenario("a retry without a response", _READ, (ConnectError("refused"), IncompleteResponse("cut"), _FLOW)),
    Scenario("a response that is not JSON", _READ, (Response(200, {"content-type": "text/html"}, b"<html>"),)),
    Scenario("a server that is down", _READ, (ConnectError("refused"),)),
    Scenario("an outcome that is not known", _CREATE, (IncompleteResponse("cut"),), []),
    Scenario("a cancellation", _READ, (Cancelled(),)),
)


class _ScriptedServer(FakeServer):
    """Responds to the current call from a script, and passes plugins' own requests on to `others`."""

    def __init__(self, others: FakeServer) -> None:
        super().__init__()
        self.others = others
        self.script: list[Reply] = []
        self.sends = 0

    def start(self, replies: tuple[Reply, ...]) -> None:
        self.script = list(replies)
        self.sends = 0

    def respond(self, request: Request) -> Response:
        if request.operation is None:
            return self.others.respond(request)
        self.sends += 1
        reply = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(reply, BaseException):
            raise reply
        return Response(reply.status, dict(reply.headers), reply.body)


class _SyncIOWithoutSleep(SyncIO):
    async def sleep(self, seconds: float) -> None: ...


class _AsyncIOWithoutSleep(AsyncIO):
    async def sleep(self, seconds: float) -> None: ...


def run_scenarios(hooks: Hooks, sync: bool, others: FakeServer) -> list[ScenarioResult]:
    """Make the calls of all scenarios, and return how each ended."""
    options = Options(policy=RetryPolicy(max_attempts=3))
    server = _ScriptedServer(others)
    io = _SyncIOWithoutSleep(server.transport) if sync else _AsyncIOWithoutSleep(server.async_transport)
    engine = Engine(others.url, io, hooks, options)
    return run(_run_all(engine, server)) if sync else anyio.run(_run_all, engine, server)


async def _run_all(engine: Engine, server: _ScriptedServer) -> list[ScenarioResult]:
    results: list[ScenarioResult] = []
    for scenario in SCENARIOS:
        server.start(scenario.replies)
        kind, text = await _call(engine, scenario)
        results.append(ScenarioResult(kind, text, server.sends))
    return results


async def _call(engine: Engine, scenario: Scenario) -> tuple[type, str]:
    operation = scenario.operation
    path = dict.fromkeys(operation.path.parameters, ID)
    try:
        if scenario.stream:
            async for _ in engine.stream(operation, path):
                pass
            return bytes, ""
        return type(await engine.call(operation, object, path, body=scenario.body)), ""
    except (Exception, Cancelled) as error:
        return type(error), str(error)
