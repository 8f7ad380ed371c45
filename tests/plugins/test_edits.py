"""What transformers may change, and when, and what they may read of it."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.engine import Engine
from prefectkit.core.errors import PluginError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import run
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.security.redaction import REDACTED
from prefectkit.plugins import hookimpl
from prefectkit.plugins.manager import Plugins
from prefectkit.plugins.plugin_list import OWN
from tests.core.calls import DOWN, operation
from tests.fakes import URL, FakeTransport, engine_of, response

SECRET = "hunter2"


class Before:
    """Does something to each call."""

    def __init__(self, act: Any) -> None:
        self.act = act

    @hookimpl
    def before_call(self, call: Any) -> None:
        self.act(call)


class Sending:
    """Does something to each request."""

    def __init__(self, act: Any) -> None:
        self.act = act

    @hookimpl
    def before_send(self, request: Any) -> None:
        self.act(request)


class Flow:
    """An authentication."""

    def __init__(self, act: Any) -> None:
        self.act = act

    @hookimpl
    def authenticate(self, request: Any) -> Any:
        return self.act(request)


class Secretive(Sending):
    prefectkit_secrets = True


class SecretiveBefore(Before):
    prefectkit_secrets = True


class SecretiveFlow(Flow):
    prefectkit_secrets = True


ALLOWED = ["Secretive", "SecretiveBefore", "SecretiveFlow"]


def engine(transport: FakeTransport, *plugins: object, source: str = "acme 1.0") -> Engine:
    loaded = Plugins(environ={}, secrets=ALLOWED)
    for plugin in plugins:
        loaded.add(plugin, type(plugin).__name__, source)
    made: Engine = engine_of(transport, hooks=loaded.compile())
    return made


def call(transport: FakeTransport, *plugins: object, path: str = "/flows/", source: str = "acme 1.0") -> Any:
    """A call with a body and a secret header."""
    return run(
        engine(transport, *plugins, source=source).raw(
            operation(RetrySafety.IDEMPOTENT, path), {}, None, {"a": SECRET}, headers={"X-Key": SECRET}, check=True
        )
    )


BODY = b'{"a":"hunter2"}'

SOURCES = pytest.mark.parametrize("source", ["acme 1.0", OWN])


# The line and the body


@SOURCES
def test_a_call_may_be_changed_before_its_first_attempt_and_every_attempt_sends_the_change(source: str) -> None:
    def turn(call: Any) -> None:
        request = call.request
        request.method, request.target, request.body = "PUT", "/new/", b"{}"
        request.headers["x-new"] = "1"
        request.timeout = 1.5

    transport = FakeTransport(DOWN, response())
    call(transport, Before(turn), source=source)
    assert transport.sent == ["PUT /new/"] * 2
    assert [request.body for request in transport.requests] == [b"{}"] * 2
    assert [request.headers["x-new"] for request in transport.requests] == ["1"] * 2


@SOURCES
def test_a_call_is_not_turned_to_another_server(source: str) -> None:
    transport = FakeTransport()
    with pytest.raises(PluginError, match=r"a plugin turned flows\.do to another server than http://prefect\.test/api"):
        call(transport, Before(lambda call: setattr(call.request, "base_url", "http://evil.test")), source=source)
    assert transport.requests == []


@SOURCES
@pytest.mark.parametrize("plugin", [Sending, Secretive, Flow, SecretiveFlow])
@pytest.mark.parametrize(
    ("name", "value"), [("method", "PUT"), ("base_url", "http://x"), ("target", "/"), ("body", b"{}")]
)
def test_afterwards_line_and_body_are_fixed_for_every_plugin(
    plugin: Any, name: str, value: object, source: str
) -> None:
    transport = FakeTransport()
    with pytest.raises(PluginError, match=f"the {name} of a request is fixed once before_call is over"):
        call(transport, plugin(lambda request: setattr(request, name, value)), source=source)
    assert transport.requests == []


def test_what_was_kept_from_before_the_first_attempt_is_fixed_as_well() -> None:
    kept: list[Any] = []
    transport = FakeTransport()
    with pytest.raises(PluginError, match="the body of a request is fixed"):
        call(transport, Before(kept.append), Sending(lambda request: setattr(kept[0].request, "body", b"{}")))
    with pytest.raises(PluginError, match="the request of a call is fixed"):
        call(transport, Before(kept.append), Sending(lambda request: setattr(kept[-1], "request", request)))


def test_another_request_may_be_put_in_its_place() -> None:
    given = Request("PUT", URL, "/new/", headers={"x-a": "1"}, body=b"{}")

    def swap(call: Any) -> None:
        call.request = given
        assert call.request.operation.name == "flows.do"

    transport = FakeTransport()
    call(transport, Before(swap), Sending(lambda request: request.headers.update(authorization=SECRET)))
    assert transport.sent == ["PUT /new/"]
    assert transport.last.headers == {"x-a": "1", "authorization": SECRET}
    # Who made it has no hold on what is sent.
    assert given.headers == {"x-a": "1"}


@SOURCES
def test_a_request_may_be_put_back(source: str) -> None:
    def same(call: Any) -> None:
        call.request = call.request
        call.request.target = call.request.target
        call.request.body = call.request.body
        call.request.headers = {**call.request.headers, "x-b": "1"}
        call.request.headers["x-key"] = call.request.headers["x-key"]

    transport = FakeTransport()
    call(transport, Before(same), path="/variables/", source=source)
    assert (transport.last.body, transport.last.headers["x-key"], transport.last.headers["x-b"]) == (BODY, SECRET, "1")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("method", 7, "the method of a request must be str, got int"),
        ("target", None, "the target of a request must be str"),
        ("base_url", b"x", "the base_url of a request must be str"),
        ("body", "text", "the body of a request must be bytes, got str"),
        ("timeout", "1", "must be seconds above 0, or None, got '1'"),
        ("timeout", 0, "must be seconds above 0, or None, got 0"),
        ("headers", 7, "AttributeError"),
    ],
)
def test_a_change_of_the_wrong_type_is_refused(name: str, value: object, reason: str) -> None:
    transport = FakeTransport()
    with pytest.raises(PluginError, match=reason):
        call(transport, Before(lambda call: setattr(call.request, name, value)))
    with pytest.raises(PluginError, match="a request must be a Request, got str"):
        call(transport, Before(lambda call: setattr(call, "request", "x")))
    assert transport.requests == []


@SOURCES
def test_a_time_without_limit_may_be_set(source: str) -> None:
    transport = FakeTransport()
    call(transport, Sending(lambda request: setattr(request, "timeout", None)), source=source)
    assert transport.last.timeout is None


# Secrets


def test_who_may_not_see_secrets_reads_them_redacted_and_writes_what_it_likes() -> None:
    read: list[object] = []

    def look(request: Any) -> None:
        read.extend([request.body, request.headers["X-Key"], request.headers.get("x-none"), len(request.headers)])
        read.append(sorted(request.headers))
        assert "hunter2" not in f"{request!r} {request.headers!r} {dict(request.headers)}"
        request.headers["Authorization"] = "Bearer mine"
        read.append(request.headers["authorization"])
        del request.headers["accept"]

    transport = FakeTransport()
    call(transport, Sending(look), path="/variables/")
    assert read == [b"<redacted>", REDACTED, None, 3, ["accept", "content-type", "x-key"], REDACTED]
    assert (transport.last.headers["authorization"], transport.last.headers["x-key"]) == ("Bearer mine", SECRET)
    assert "accept" not in transport.last.headers


@pytest.mark.parametrize("plugin", [Secretive, SecretiveFlow])
def test_who_may_see_secrets_reads_and_writes_them(plugin: Any) -> None:
    def sign(request: Any) -> None:
        request.headers["x-signature"] = f"{request.body} {request.headers['x-key']}"
        request.headers = {**request.headers, "x-more": "1"}

    transport = FakeTransport()
    call(transport, plugin(sign), path="/variables/")
    assert transport.last.headers["x-signature"] == f"{BODY} {SECRET}"
    assert transport.last.headers["x-more"] == "1"


@pytest.mark.parametrize(
    "change",
    [
        lambda call: call.request.headers.update({"x-copy": f"{call.request.headers['x-key']} b"}),
        lambda call: call.request.headers.update({"x-new": call.request.headers["x-key"]}),
        lambda call: setattr(call.request, "headers", {"x-new": call.request.headers["x-key"]}),
        lambda call: setattr(call.request, "body", call.request.body + b"x"),
        lambda call: setattr(call.request, "target", "/?<redacted>"),
    ],
)
def test_what_is_redacted_is_never_sent(change: Any) -> None:
    transport = FakeTransport()
    with pytest.raises(PluginError, match="is made of one that is redacted: a plugin that has to read it declares"):
        call(transport, Before(change), path="/variables/")
    assert transport.requests == []


def test_a_call_shows_its_secrets_to_who_may_see_them() -> None:
    read: list[object] = []
    call(FakeTransport(), SecretiveBefore(lambda call: read.append(call.request.body)), path="/variables/")
    assert read == [BODY]


# Requests of its own


def answers(request: Request) -> Response:
    return response({"token": SECRET})


def test_a_flow_reads_the_answers_to_its_own_requests_but_where_they_bear_secrets() -> None:
    read: list[object] = []

    def flow(request: Any) -> Any:
        for target in ("/me", "/variables/filter"):
            own = request.sibling("POST", target, body=b"x")
            own.headers["x-own"] = "1"
            own.body = b"{}"
            own.timeout = 2.0
            read.append((yield own).json())
        read.append((yield Request("POST", "https://idp.test", "/token")).json())
        read.append((yield request).json())

    transport = FakeTransport(answers)
    call(transport, Flow(flow), path="/variables/")
    # The text that is scrubbed is the value of a field that is called `token`.
    assert read == [{"token": "********"}, REDACTED, {"token": SECRET}, REDACTED]
    assert [(request.url, request.body) for request in transport.requests] == [
        (f"{URL}/me", b"{}"),
        (f"{URL}/variables/filter", b"{}"),
        ("https://idp.test/token", b""),
        (f"{URL}/variables/", BODY),
    ]
    assert transport.requests[0].headers["x-own"] == "1"
    assert [request.headers.get("x-key") for request in transport.requests] == [SECRET, SECRET, None, SECRET]


@pytest.mark.parametrize("sibling", [True, False])
def test_credentials_that_a_flows_own_request_is_given_on_its_way_are_not_for_it_to_read(sibling: bool) -> None:
    read: list[object] = []

    def flow(request: Any) -> Any:
        own = request.sibling("GET", "/me") if sibling else Request("GET", URL, "/me")
        yield own
        read.append(own.headers.get("authorization"))

    def authenticate(request: Any) -> None:
        request.headers["authorization"] = SECRET

    transport = FakeTransport()
    call(transport, Flow(flow), Secretive(authenticate))
    assert transport.requests[0].headers["authorization"] == SECRET
    assert SECRET not in read


def test_a_flow_that_may_see_secrets_is_given_the_answers_themselves() -> None:
    read: list[object] = []

    def flow(request: Any) -> Any:
        own = request.sibling("GET", "/variables/filter")
        read.append(own.headers["x-key"])
        for step in (own, request):
            read.append((yield step).json())

    call(FakeTransport(answers), SecretiveFlow(flow), path="/variables/")
    assert read[-3:] == [SECRET, {"token": SECRET}, {"token": SECRET}]
