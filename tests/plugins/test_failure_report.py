"""An observer that fails is found by its author: the log has its message and its line, and no secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from prefectkit import Prefect
from prefectkit.core.http.messages import Response
from prefectkit.plugins import failure_report, hookimpl
from prefectkit.plugins.testing import FakeServer
from tests.plugins.conftest import Install

KEY = "Zx9Kq2Lm8Vb4Nc7Wp3Rt"


def fail(message: object) -> None:
    raise ValueError(message)


HERE = fail.__code__.co_firstlineno + 1


class Observing:
    """Calls a function with all that it observes."""

    def __init__(self, act: Callable[..., None]) -> None:
        self.act = act

    @hookimpl
    def client_opened(self, client: Any) -> None:
        self.act("client_opened", client)

    @hookimpl
    def after_response(self, call: Any, request: Any, response: Any) -> None:
        self.act("after_response", call, request, response)

    @hookimpl
    def after_call(self, call: Any, response: Any) -> None:
        self.act("after_call", call, response)

    @hookimpl
    def call_failed(self, call: Any, error: BaseException) -> None:
        self.act("call_failed", call, error)


def logged(
    act: Callable[..., None], caplog: pytest.LogCaptureFixture, target: str = "/x", calls: int = 1, status: int = 200
) -> list[str]:
    caplog.clear()
    fake = FakeServer({("GET", target): Response(status, {"x-echo": "1"}, b'"response-body"')})
    with Prefect(fake.url, transport=fake.transport, api_key=KEY, plugins=[Observing(act)]) as client:
        for _ in range(calls):
            client.request("GET", target)
    assert all(record.levelname == "WARNING" and not record.exc_info for record in caplog.records)
    return [message for message in caplog.messages if " raised " in message]


def only(hook: str, act: Callable[..., None]) -> Callable[..., None]:
    return lambda name, *arguments: act(*arguments) if name == hook else None


@pytest.mark.parametrize("hook", ["client_opened", "after_response", "after_call"])
def test_the_log_has_the_message_and_the_line(hook: str, caplog: pytest.LogCaptureFixture) -> None:
    said = logged(only(hook, lambda *_: fail("no such\n  column")), caplog, calls=3)
    line = f"plugin 'Observing' raised ValueError in {hook} ({__file__}:{HERE}): no such column; the call goes on"
    assert said == [line]


def test_each_place_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    count = 0

    def act(*_: object) -> None:
        nonlocal count
        count += 1
        if count % 3 == 0:
            raise KeyError("a")
        if count % 3 == 1:
            raise KeyError("b")

    assert len(logged(only("after_call", act), caplog, calls=9)) == 2


def test_the_line_is_that_of_the_plugin_and_not_of_a_library(caplog: pytest.LogCaptureFixture) -> None:
    (said,) = logged(only("after_call", lambda *_: pytest.importorskip("json").loads("{")), caplog)
    assert f"raised JSONDecodeError in after_call ({__file__}:" in said and "Expecting property name" in said


def test_the_line_of_an_installed_plugin(install: Install, caplog: pytest.LogCaptureFixture) -> None:
    install(
        "team", "@hookimpl\ndef after_call(call, response):\n    helper(call)\n\ndef helper(call):\n    call.nothing"
    )
    fake = FakeServer({("GET", "/x"): 1})
    with Prefect(fake.url, transport=fake.transport) as client:
        client.request("GET", "/x")
    (said,) = [message for message in caplog.messages if " raised " in message]
    assert "plugin 'team' raised AttributeError in after_call (" in said
    assert "installed_0_team.py:7): " in said and "nothing" in said


def quoting(*arguments: Any) -> None:
    call = arguments[0]
    fail(f"{dict(call.request.headers)} {'%5A%78' + KEY[2:]} {KEY[:10]}")


@pytest.mark.parametrize("hook", ["after_response", "after_call", "call_failed"])
def test_a_plugin_that_quotes_a_secret_shows_none(hook: str, caplog: pytest.LogCaptureFixture) -> None:
    def act(*arguments: Any) -> None:
        quoting(*arguments)

    fake = FakeServer({("GET", "/x"): Response(200 if hook != "call_failed" else 400, {}, b"{}")})
    with Prefect(fake.url, transport=fake.transport, api_key=KEY, plugins=[Observing(only(hook, act))]) as client:
        try:
            client.request("GET", "/x", check=True)
        except Exception:
            assert hook == "call_failed"
    (said,) = [message for message in caplog.messages if " raised " in message]
    assert KEY not in said and KEY[2:] not in said and KEY[:10] not in said
    assert "********" in said


def test_where_the_route_has_secrets_no_message_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    def act(call: Any, response: Any) -> None:
        fail(response.body)

    (said,) = logged(only("after_call", act), caplog, target="/variables/name/x")
    assert said.endswith(f"({__file__}:{HERE}): ********; the call goes on")


def test_a_long_message_is_cut_and_not_within_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    for padding in range(470, 500, 3):
        (said,) = logged(only("after_call", lambda *_, padding=padding: fail("-" * padding + KEY * 9)), caplog)
        rest = said.partition("--")[2].replace("-", "").replace("*", "").removesuffix("; the call goes on")
        assert len(rest) < 4


def test_an_error_without_a_traceback_has_no_place() -> None:
    assert failure_report.place_of(ValueError(), "guards.py") == "an unknown place"
