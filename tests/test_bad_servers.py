"""Errors if the server is not there, is not a Prefect server, or refuses the credentials."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from prefectkit.errors import (
    ConnectError,
    Forbidden,
    NotFound,
    ResponseDecodeError,
    StatusError,
    TransportError,
    Unauthorized,
)
from prefectkit.transports import AsyncASGITransport
from tests.client_calls import KINDS, SECRET, raises, run_call
from tests.faults.server import Connection, Fault, FaultServer, closed_port
from tests.real_server import RealServer

every_kind = pytest.mark.parametrize("kind", KINDS)


def read(client: Any) -> Any:
    return client.flows.read_by_name("etl")


def create(client: Any) -> Any:
    return client.flows.create(name="etl")


both_calls = pytest.mark.parametrize("call", [read, create])


def answering(status: str, body: bytes, content_type: str = "application/json") -> Fault:
    """What makes a server respond to everything with this."""

    def serve(connection: Connection) -> None:
        while connection.peek():
            connection.read_and_respond(body, f"content-type: {content_type}", status=status)

    return serve


PAGE = b"<!doctype html><title>Welcome</title>"


@pytest.fixture
def serving(request: pytest.FixtureRequest) -> Iterator[Callable[..., FaultServer]]:
    """Starts servers that respond to everything alike."""
    started: list[FaultServer] = []

    def start(status: str, body: bytes, content_type: str = "application/json") -> FaultServer:
        server = FaultServer(on_connect=answering(status, body, content_type)).__enter__()
        started.append(server)
        return server

    yield start
    for server in started:
        server.__exit__(None, None, None)


# Nobody there


@every_kind
@both_calls
def test_a_port_that_nobody_listens_on(kind: str, call: Callable[[Any], Any]) -> None:
    port = closed_port()
    words = (f"cannot connect to http://127.0.0.1:{port} (Connection refused)", "is the server running there?")
    with raises(ConnectError, f"flows.{'create' if call is create else 'read_by_name'}: ", *words, "PREFECT_API_URL"):
        run_call(kind, call, f"http://127.0.0.1:{port}/api", max_attempts=1, api_key=SECRET)


@every_kind
def test_the_number_of_attempts_is_said(kind: str) -> None:
    with raises(ConnectError, "Connection refused", "(after 2 attempts)"):
        run_call(kind, read, f"http://127.0.0.1:{closed_port()}/api", max_attempts=2)


@every_kind
def test_https_to_a_server_of_http(kind: str, server: RealServer) -> None:
    with raises(
        ConnectError, f"cannot connect to {server.url.removesuffix('/api').replace('http', 'https')}", "https?"
    ):
        run_call(kind, read, server.url.replace("http", "https"), max_attempts=1)


# Somebody else there


@every_kind
@pytest.mark.parametrize(("call", "error"), [(read, ResponseDecodeError), (create, TransportError)])
def test_a_web_page(kind: str, call: Any, error: Any, serving: Callable[..., FaultServer]) -> None:
    server = serving("200 OK", PAGE, "text/html; charset=utf-8")
    with raises(error, "response is a web page", "it usually ends in '/api'"):
        run_call(kind, call, f"{server.url}/welcome")
    # Another attempt would bring the same page, and a change is not sent to whoever that is.
    assert [request.method for request in server.received] == ["GET"]


@every_kind
@both_calls
@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed"])
def test_a_web_page_that_says_no(kind: str, call: Any, status: str, serving: Callable[..., FaultServer]) -> None:
    server = serving(status, PAGE, "text/html")
    error = NotFound if status.startswith("404") else StatusError
    with raises(error, status, f"Is {server.url}/welcome the root of an API?", "ends in '/api'"):
        run_call(kind, call, f"{server.url}/welcome")
    with raises(error, status, f"{server.url} has no path: is the API at {server.url}/api?"):
        run_call(kind, call, server.url)


@every_kind
@both_calls
def test_the_real_server_without_api_in_the_url(kind: str, call: Any, server: RealServer) -> None:
    with raises(NotFound, "404 Not Found", f"is the API at {server.url}?"):
        run_call(kind, call, server.url.removesuffix("/api"))


@every_kind
@both_calls
def test_the_real_server_with_too_much_in_the_url(kind: str, call: Any, server: RealServer) -> None:
    with raises(NotFound, "404 Not Found", f"Is {server.url}/v2 the root of an API?"):
        run_call(kind, call, f"{server.url}/v2")


# Credentials


@every_kind
@both_calls
@pytest.mark.parametrize(("status", "error"), [("401 Unauthorized", Unauthorized), ("403 Forbidden", Forbidden)])
def test_a_server_that_refuses_the_credentials(
    kind: str, call: Any, status: str, error: Any, serving: Callable[..., FaultServer]
) -> None:
    server = serving(status, f'{{"detail": "Bearer {SECRET} is none of ours"}}'.encode())
    for credentials in ({"api_key": SECRET}, {"auth_string": f"me:{SECRET}"}):
        with raises(error, status, server.url, "is none of ours", "that were sent are wrong or do not allow this"):
            run_call(kind, call, f"{server.url}/api", **credentials)
    sent = [request.headers["authorization"] for request in server.received]
    assert sent == [f"Bearer {SECRET}", f"Basic {base64.b64encode(f'me:{SECRET}'.encode()).decode()}"]

    with raises(error, status, "No credentials were sent", "api_key or auth_string", "PREFECT_API_AUTH_STRING"):
        run_call(kind, call, f"{server.url}/api")


class Guarded:
    """The real app, behind a check of an auth string as Prefect's own server does it."""

    def __init__(self, app: Any, auth_string: str) -> None:
        self.app = app
        self.header = b"Basic " + base64.b64encode(auth_string.encode())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and dict(scope["headers"]).get(b"authorization") != self.header:
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": b'{"exception_message": "Unauthorized"}'})
        elif scope["type"] == "http":
            await self.app(scope, receive, send)


@every_kind
def test_the_real_app_behind_an_auth_string(kind: str, server: RealServer) -> None:
    app = Guarded(server.app, f"me:{SECRET}")

    def ask(call: Callable[[Any], Any], **credentials: str) -> Any:
        # The Prefect server runs on asyncio only, so an async client reaches it in a thread.
        arguments: dict[str, Any] = (
            {"api": app} if kind == "sync" else {"transport": AsyncASGITransport(app, threaded=True)}
        )
        return run_call(kind, call, **arguments, **credentials)

    name = f"guarded-{uuid4()}"
    flow = ask(lambda client: client.flows.create(name=name), auth_string=f"me:{SECRET}")
    assert ask(lambda client: client.flows.read(flow.id), auth_string=f"me:{SECRET}").name == name
    with raises(Unauthorized, "401 Unauthorized", "that were sent are wrong"):
        ask(read, auth_string=f"you:{SECRET}")
    with raises(Unauthorized, "401 Unauthorized", "that were sent are wrong"):
        ask(create, api_key=SECRET)
    with raises(Unauthorized, "401 Unauthorized", "No credentials were sent"):
        ask(read)
