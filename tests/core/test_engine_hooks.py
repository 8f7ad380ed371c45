"""Where hooks are called, and what they may not do."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    InvalidParameterError,
    PluginError,
    ServerError,
    TransportTimeout,
)
from prefectkit.core.hooks import Call, Hooks
from prefectkit.core.http.messages import Request
from prefectkit.core.retries.policy import RetrySafety
from tests.core.calls import DOWN, RESET, call, options
from tests.fakes import URL, Clock, FakeTransport, engine_of, response


class Noted:
    """Hooks that note their names, and the attempt."""

    def __init__(self) -> None:
        self.hooks = Hooks()
        self.lines: list[str] = []
        for name in Hooks.__slots__:
            if name == "authenticate":
                self.hooks.authenticate = (lambda request: self.lines.append("authenticate"),)
            else:
                setattr(self.hooks, name, (self._noting(name),))

    def _noting(self, name: str) -> Any:
        return lambda call, *rest: self.lines.append(f"{name} {call.attempt}")


def test_the_hooks_of_a_call_that_succeeds_late() -> None:
    noted = Noted()
    call(engine_of(FakeTransport(DOWN, response(None, 503), response("ok")), hooks=noted.hooks))
    assert noted.lines == [
        "before_call 0",
        "throttle 1",
        "authenticate",
        "before_send 1",
        "send_failed 1",
        "retry_decided 1",
        "throttle 2",
        "authenticate",
        "before_send 2",
        "after_response 2",
        "retry_decided 2",
        "throttle 3",
        "authenticate",
        "before_send 3",
        "after_response 3",
        "after_call 3",
    ]


def test_the_hooks_of_a_call_that_fails() -> None:
    noted = Noted()
    with pytest.raises(AmbiguousOutcomeError):
        call(engine_of(FakeTransport(RESET), hooks=noted.hooks), RetrySafety.NEVER)
    assert noted.lines == [
        "before_call 0",
        "throttle 1",
        "authenticate",
        "before_send 1",
        "send_failed 1",
        "call_failed 1",
    ]


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), PluginError("odd")])
@pytest.mark.parametrize("hook", ["before_call", "throttle", "before_send", "after_response"])
def test_a_call_has_an_end_whatever_ends_it(hook: str, fault: BaseException) -> None:
    hooks, ends = Hooks(), []

    def fails(*_: object) -> None:
        raise fault

    setattr(hooks, hook, (fails,))
    hooks.call_failed = (lambda call, error: ends.append(error),)
    with pytest.raises(type(fault)):
        call(engine_of(FakeTransport(), hooks=hooks))
    assert ends == [fault]


def throttled(*delays: float | None) -> Hooks:
    hooks = Hooks()
    hooks.throttle = tuple(lambda call, delay=delay: delay for delay in delays)
    return hooks


def test_an_attempt_is_held_back_as_long_as_the_longest_says() -> None:
    clock, transport = Clock(), FakeTransport(DOWN, response())
    call(engine_of(transport, hooks=throttled(0.5, None, 2.0, 0), clock=clock))
    assert clock.sleeps == [2.0, 0.25, 2.0]
    clock = Clock()
    call(engine_of(FakeTransport(), hooks=throttled(None, 0), clock=clock))
    assert clock.sleeps == []


def test_a_call_that_is_held_back_for_too_long_ends_at_once() -> None:
    clock, transport = Clock(), FakeTransport()
    with pytest.raises(TransportTimeout, match="a plugin holds the call back for 90 s, and 90 s of its time are left"):
        call(engine_of(transport, hooks=throttled(90), clock=clock), RetrySafety.NEVER)
    assert (clock.sleeps, transport.requests) == ([], [])


def test_what_a_hook_is_given() -> None:
    hooks, seen = Hooks(), []
    hooks.retry_decided = (lambda call, error, delay: seen.append((type(error), delay)),)
    hooks.call_failed = (lambda call, error: seen.append((type(error), call.operation.name, repr(call))),)
    with pytest.raises(ServerError):
        call(engine_of(FakeTransport(response(None, 503)), hooks=hooks, options=options(max_attempts=2)))
    assert seen == [(ServerError, 0.25), (ServerError, "flows.do", "<Call flows.do attempt=2>")]


def test_each_attempt_starts_with_the_headers_that_the_call_had() -> None:
    hooks = Hooks()
    hooks.before_call = (lambda call: call.request.headers.update(once="1"),)
    hooks.authenticate = (lambda request: request.headers.update(count=request.headers.get("count", "") + "a"),)
    hooks.before_send = (lambda call, request: request.headers.update(n=request.headers.get("n", "") + "b"),)
    transport = FakeTransport(DOWN, response())
    call(engine_of(transport, hooks=hooks))
    for request in transport.requests:
        assert (request.headers["once"], request.headers["count"], request.headers["n"]) == ("1", "a", "b")


def test_a_hook_may_change_the_time_of_an_attempt_and_put_another_request_in_its_place() -> None:
    hooks = Hooks()

    def swap(call: Call) -> None:
        call.request = Request("POST", URL, "/elsewhere", body=b"{}")
        call.state["swap"] = True

    hooks.before_call = (swap,)
    hooks.before_send = (lambda call, request: setattr(request, "timeout", 1.0),)
    transport = FakeTransport()
    call(engine_of(transport, hooks=hooks))
    assert transport.sent == ["POST /elsewhere"]
    assert transport.last.timeout == 1.0


def turned(name: str, change: Any) -> Hooks:
    hooks = Hooks()
    if name == "before_call":
        hooks.before_call = (lambda call: change(call.request),)
    elif name == "authenticate":
        hooks.authenticate = (change,)
    else:
        hooks.before_send = (lambda call, request: change(request),)
    return hooks


@pytest.mark.parametrize("hook", ["before_call", "authenticate", "before_send"])
@pytest.mark.parametrize(
    "change",
    [
        lambda request: setattr(request, "base_url", "http://evil.test"),
        lambda request: setattr(request, "target", "@evil.test/"),
        lambda request: setattr(request, "target", ".evil.test/"),
    ],
    ids=["base_url", "user", "suffix"],
)
def test_no_plugin_turns_a_call_to_another_server(hook: str, change: Any) -> None:
    transport = FakeTransport()
    with pytest.raises(PluginError, match=r"flows.do to another server than http://prefect.test/api"):
        call(engine_of(transport, hooks=turned(hook, change)))
    assert transport.requests == []


def test_a_plugins_request_to_another_server_passes_no_hook_that_would_tell_it_something() -> None:
    hooks, lines = Hooks(), []

    def sso(request: Request) -> Any:
        yield Request("POST", "https://idp.test", "/token")

    hooks.authenticate = (sso,)
    hooks.before_send = (lambda call, request: request.headers.update(key="hunter2"),)
    hooks.after_response = (lambda call, request, response: lines.append(request.url),)
    transport = FakeTransport()
    call(engine_of(transport, hooks=hooks))
    assert [(request.url, request.headers.get("key")) for request in transport.requests] == [
        ("https://idp.test/token", None),
        (f"{URL}/flows/", "hunter2"),
    ]
    assert lines == ["https://idp.test/token", f"{URL}/flows/"]


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "€", 7])
def test_a_header_of_a_plugin_that_cannot_be_sent_is_refused(value: Any) -> None:
    hooks, transport = Hooks(), FakeTransport()
    hooks.before_send = (lambda call, request: request.headers.update(x=value),)
    with pytest.raises(InvalidParameterError, match="header 'x'"):
        call(engine_of(transport, hooks=hooks))
    assert transport.requests == []
