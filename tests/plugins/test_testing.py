"""What plugin authors test with: the fake server, the recorder, and the check that finds each mistake."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.security.secrets import Secret
from prefectkit.errors import ConnectError, NotFound
from prefectkit.plugins import M, Request, Resource, Response, RetrySafety, endpoint, hookimpl
from prefectkit.plugins.builtin import version_check
from prefectkit.plugins.builtin.auth import Auth
from prefectkit.plugins.builtin.call_log import CallLog
from prefectkit.plugins.builtin.csrf import CSRF
from prefectkit.plugins.builtin.headers import Headers
from prefectkit.plugins.builtin.request_ids import RequestIds
from prefectkit.plugins.builtin.telemetry import Telemetry
from prefectkit.plugins.builtin.throttle import Throttle
from prefectkit.plugins.builtin.version_check import VersionCheck
from prefectkit.plugins.hookspecs import REGISTRATIONS
from prefectkit.plugins.manager import HOOKS
from prefectkit.plugins.testing import FakeServer, Recorder, check_plugin, problems_of

# The fake server


def test_a_route_answers_with_what_it_is_given() -> None:
    server = FakeServer({
        ("GET", "/json"): {"a": 1},
        ("GET", "/bytes"): b"raw",
        ("GET", "/none"): None,
        ("GET", "/response"): Response(202, {"x-a": "b"}, b"own"),
    })  # fmt: skip
    with Prefect(server.url, transport=server.transport) as client:
        answers = [client.request("GET", path) for path in ("/json", "/bytes", "/none", "/response")]
    assert [(each.status, each.body) for each in answers] == [
        (200, b'{"a":1}'),
        (200, b"raw"),
        (204, b""),
        (202, b"own"),
    ]
    assert answers[0].headers["content-type"] == "application/json"
    assert answers[3].headers["x-a"] == "b"
    assert server.closed == 1


def test_functions_answer_with_the_request_and_the_values_in_the_path() -> None:
    server = FakeServer()
    seen: list[Any] = []

    def read(request: Request, name: str, kind: str) -> dict[str, str]:
        seen.append((request.target, name, kind))
        return {"name": name}

    server.route("GET", "/variables/name/{name}/of/{kind}", read)
    for method in ("post", "put", "patch", "delete"):
        server.route(method, "/any", lambda request: request.method)

    with Prefect(server.url, transport=server.transport) as client:
        assert client.request("GET", "/variables/name/a%20b/of/c", query={"x": 1}).json() == {"name": "a b"}
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert client.request(method, "/any").json() == method
    assert seen == [("/variables/name/a%20b/of/c?x=1", "a b", "c")]


def test_replies_come_one_after_the_other_and_the_last_one_for_ever() -> None:
    server = FakeServer()
    server.route("get", "/busy", ConnectError("down"), Response(503), "first", "last")
    with Prefect(server.url, transport=server.transport) as client:
        assert [client.request("GET", "/busy").json() for _ in range(3)] == ["first", "last", "last"]
    assert server.sent == ["GET /busy"] * 5


def test_a_route_that_it_does_not_have_is_not_found_and_said_to_be_so() -> None:
    server = FakeServer({("GET", "/flows/{id}"): 1})
    with Prefect(server.url, transport=server.transport) as client:
        for target in ("/flows", "/flows/a/b", "/flowsx/a"):
            with pytest.raises(NotFound, match=f"the fake server has no GET {target}"):
                client.request("GET", target)
    assert repr(server) == "<FakeServer GET /flows/{id}>"


def test_a_path_and_a_reply_must_be_there() -> None:
    with pytest.raises(ValueError, match="starts with a slash, got 'flows'"):
        FakeServer({("GET", "flows"): 1})
    with pytest.raises(ValueError, match="GET /flows needs a reply"):
        FakeServer().route("GET", "/flows")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it_serves_the_async_client_and_keeps_requests_as_they_were_sent(backend: str) -> None:
    server = FakeServer()
    server.route("GET", "/health", ConnectError("down"), True)

    class Counting:
        @hookimpl
        def before_send(self, call: Any, request: Request) -> None:
            request.headers["x-attempt"] = str(call.attempt)

    async def main() -> None:
        async with AsyncPrefect(server.url, transport=server.async_transport, plugins=[Counting()]) as client:
            assert await client.health() is True

    anyio.run(main, backend=backend)
    assert [request.headers["x-attempt"] for request in server.requests] == ["1", "2"]
    assert server.closed == 1


def test_what_a_client_writes_into_a_reply_is_not_sent_again() -> None:
    server = FakeServer({("GET", "/one"): Response(200, {"x-a": "b"}, b"1")})
    with Prefect(server.url, transport=server.transport) as client:
        client.request("GET", "/one").headers["x-a"] = "c"
        assert client.request("GET", "/one").headers["x-a"] == "b"


# The recorder


def test_the_recorder_keeps_what_each_hook_was_given() -> None:
    server = FakeServer()
    server.route("GET", "/health", ConnectError("down"), True)
    recorder = Recorder()
    with Prefect(server.url, transport=server.transport, plugins=[recorder]) as client:
        client.health()
        with pytest.raises(NotFound):
            client.request("GET", "/nothing", check=True)
    assert recorder.hooks == [
        "client_opened", "before_call",
        "throttle", "authenticate", "before_send", "send_failed", "retry_decided",
        "throttle", "authenticate", "before_send", "after_response", "after_call",
        "before_call", "throttle", "authenticate", "before_send", "after_response", "call_failed",
        "client_closed",
    ]  # fmt: skip
    (decided,) = recorder.of("retry_decided")
    assert type(decided["error"]) is ConnectError
    assert decided["call"].operation.name == "health"
    assert [each["response"].status for each in recorder.of("after_response")] == [200, 404]
    for hook, arguments in recorder.calls:
        assert "self" not in arguments and arguments, hook


# The check


BUILT_IN: dict[str, Callable[[], object]] = {
    "auth": lambda: Auth(api_key=Secret("pnu_1")),
    "call_log": CallLog,
    "csrf": CSRF,
    "headers": lambda: Headers({"x-a": "b"}),
    "request_ids": RequestIds,
    "telemetry": Telemetry,
    "throttle": lambda: Throttle(requests=1e9, logs=1e9),
    "version_check": VersionCheck,
    "recorder": Recorder,
}


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_the_sdk_brings_has_no_problem(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version_check, "_checked", set())
    check_plugin(BUILT_IN[name]())


def test_the_check_goes_through_every_hook() -> None:
    recorder = Recorder()
    check_plugin(recorder)
    assert set(recorder.hooks) == set(HOOKS) - REGISTRATIONS
    assert {each["client"].sync for each in recorder.of("client_opened")} == {True, False}
    errors = {type(each["error"]).__name__ for each in recorder.of("call_failed")}
    assert errors >= {"NotFound", "Unauthorized", "ConnectError", "AmbiguousOutcomeError", "Cancelled"}


class Misspelled:
    @hookimpl
    def before_sent(self, request: Any) -> None: ...


class Misnamed:
    @hookimpl
    def before_send(self, req: Any) -> None: ...


class Asynchronous:
    @hookimpl
    async def after_call(self, call: Any) -> None: ...


class Unmarked:
    @hookimpl
    def after_call(self, call: Any) -> None: ...

    def call_failed(self, call: Any) -> None: ...


class RaisingObserver:
    @hookimpl
    def retry_decided(self, call: Any) -> None:
        raise KeyError("team")


class RaisingTransformer:
    @hookimpl
    def before_call(self, call: Any) -> None:
        raise KeyError("team")


class UnpreparedForCancellation:
    @hookimpl
    def call_failed(self, call: Any, error: Any) -> None:
        assert error.retryable is not None


class Mutating:
    @hookimpl
    def after_response(self, response: Any) -> None:
        response.status = 200


class Late:
    @hookimpl
    def before_send(self, request: Any) -> None:
        request.body = b"{}"


class Slow:
    @hookimpl
    def client_closed(self) -> None:
        time.sleep(0.06)


class Insatiable:
    @hookimpl
    def authenticate(self, request: Any) -> Any:
        yield request
        return True


class Injecting:
    @hookimpl
    def before_send(self, request: Any) -> None:
        request.headers["x-team"] = "data\r\nx-admin: yes"


class Asking:
    @hookimpl
    def authenticate(self, request: Request) -> Any:
        answer = yield request.sibling("POST", "/token")
        request.headers["x-token"] = answer.json()["token"]


class Chatty:
    @hookimpl
    def after_call(self) -> None:
        Prefect("http://prefect.test/api")


class Nameless(Resource[M]):
    @endpoint("POST", "/teams/", RetrySafety.NEVER)
    async def create(self) -> None: ...


class Ungrouped:
    @hookimpl
    def register_resources(self) -> Any:
        return {"teams": Nameless}


MISTAKES: dict[type, str] = {
    Misspelled: "unknown hook 'before_sent'",
    Misnamed: r"before_send takes 'req'",
    Asynchronous: "its after_call is async",
    Unmarked: "call_failed is not marked with @hookimpl, so nothing calls it",
    RaisingObserver: r"retry_decided raised KeyError: 'team' \(line \d+ of .*test_testing.py\)",
    RaisingTransformer: r"on AsyncPrefect this ends in PluginError: .* in before_call: 'team' \(a read, .*",
    UnpreparedForCancellation: "call_failed raised AttributeError: 'Cancelled' object has no attribute 'retryable'",
    Mutating: "after_response raised AttributeError",
    Late: "the body of a request is fixed once before_call is over",
    Slow: r"client_closed takes \d+ ms: every call waits for it",
    Insatiable: r"on Prefect this succeeds, and is sent again all the same \(a read, .*",
    Injecting: "on Prefect this ends in InvalidParameterError: .*'x-team' has a line break",
    Asking: "on Prefect this ends in PluginError: plugin 'Asking' raised KeyError in authenticate: 'token'",
    Chatty: "after_call raised PluginError: plugin 'Chatty' calls a client in after_call",
    Ungrouped: "client.teams has the group '', by which its operations are named: make it 'teams'",
}


@pytest.mark.parametrize("kind", MISTAKES, ids=lambda kind: kind.__name__)
def test_each_mistake_is_found(kind: type) -> None:
    with pytest.raises(AssertionError, match=rf"{kind.__name__} has \d problem(.|\n)*{MISTAKES[kind]}"):
        check_plugin(kind())


def test_a_class_is_refused_as_a_client_refuses_it() -> None:
    (problem,) = problems_of(Misspelled)
    assert "make an instance of it" in problem


def test_a_server_answers_what_the_plugin_asks() -> None:
    server = FakeServer({("POST", "/token"): {"token": "t"}})
    check_plugin(Asking(), server=server)
    assert server.sent[0] == "POST /token"


def test_what_asks_for_secrets_may_see_them_in_the_check() -> None:
    seen: set[bytes] = set()

    class Reading:
        prefectkit_secrets = True

        @hookimpl
        def before_send(self, request: Request) -> None:
            seen.add(request.body)

    check_plugin(Reading())
    assert any(b"hunter2" in body for body in seen)
