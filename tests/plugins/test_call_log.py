"""The line on the log for each call: what it says, what it never says, and who sees it."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

from prefectkit import Prefect
from prefectkit.core.errors import NotFound, ServerError
from prefectkit.core.io import run
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.plugins.builtin.call_log import CallLog
from prefectkit.plugins.builtin.request_ids import RequestIds
from prefectkit.plugins.manager import Plugins
from tests.core.calls import DOWN, operation, options
from tests.fakes import URL, Clock, FakeTransport, engine_of, response

SECRET = "hunter2"
ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is logged on `prefectkit.calls` at DEBUG."""
    caplog.set_level(logging.DEBUG, "prefectkit.calls")
    return caplog


def send(
    *answers: Any, path: str = "/flows/{name}", retry_safety: RetrySafety = RetrySafety.READ, **arguments: Any
) -> None:
    """A call through the plugin, without waiting."""
    plugins = Plugins(environ={})
    plugins.add_built_in([("request_ids", RequestIds()), ("logging", CallLog())])
    engine = engine_of(FakeTransport(*answers), hooks=plugins.compile(), options=options(max_attempts=3), clock=Clock())
    path_params = {"name": "mine"} if "{" in path else {}
    run(engine.call(operation(retry_safety, path), Any, path_params, **arguments))


def test_a_call_is_a_line(log: pytest.LogCaptureFixture) -> None:
    send(response({}))
    (line,) = log.messages
    assert re.fullmatch(rf"flows\.do GET /flows/\{{name\}}: 200, attempts 1, 0\.0 ms, request id {ID}", line)
    assert {(record.name, record.levelname) for record in log.records} == {("prefectkit.calls", "DEBUG")}


def test_a_retry_is_a_line_of_its_own(log: pytest.LogCaptureFixture) -> None:
    send(response(status=503), DOWN, response({}))
    first, second, last = log.messages
    start = r"flows\.do GET /flows/\{name\}: "
    assert re.fullmatch(start + rf"attempt 1 failed with 503 ServerError, again in 0\.25 s, request id {ID}", first)
    assert re.fullmatch(start + rf"attempt 2 failed with ConnectError, again in 0\.50 s, request id {ID}", second)
    assert re.fullmatch(start + rf"200, attempts 3, 750\.0 ms, request id {ID}", last)
    assert len(set(re.findall(ID, "".join(log.messages)))) == 1


def test_a_failure_is_a_line_that_names_it(log: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NotFound):
        send(response({"detail": "no such flow"}, status=404))
    with pytest.raises(ServerError):
        send(response(status=500), retry_safety=RetrySafety.IDEMPOTENT)
    with pytest.raises(KeyboardInterrupt):
        send(KeyboardInterrupt())
    refused, *_, exhausted, interrupted = log.messages
    assert re.search(r": 404 NotFound, attempts 1, .* ms, request id", refused)
    assert re.search(r": 500 ServerError, attempts 3, .* ms, request id", exhausted)
    assert re.search(r": KeyboardInterrupt, attempts 1, .* ms, request id", interrupted)
    assert {record.levelname for record in log.records} == {"DEBUG"}


def test_the_id_that_the_server_gave_is_the_one_to_ask_for(log: pytest.LogCaptureFixture) -> None:
    send(response({}, headers={"x-request-id": "theirs"}))
    with pytest.raises(NotFound):
        send(response(status=404, headers={"x-request-id": "their other"}))
    assert [line.rpartition("request id ")[2] for line in log.messages] == ["theirs", "their other"]


def test_no_line_has_a_value_or_what_the_server_said(log: pytest.LogCaptureFixture) -> None:
    said = {"detail": f"{SECRET} is taken"}
    with pytest.raises(NotFound):
        send(response(status=429, headers={"retry-after": "1"}), response(said, status=404), body={"value": SECRET})
    send(response({"value": SECRET}), query={"token": SECRET})
    assert len(log.messages) == 3
    assert SECRET not in log.text
    assert "mine" not in log.text


def test_a_line_is_not_made_for_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "prefectkit")
    with pytest.raises(ServerError):
        send(response(status=503))
    send(response({}))
    assert caplog.messages == []


@pytest.mark.parametrize(("level", "is_there"), [(logging.DEBUG, True), (logging.INFO, False)])
def test_a_client_has_the_plugin_where_somebody_sees_its_lines(
    level: int, is_there: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(level, "prefectkit")
    with Prefect(URL, transport=FakeTransport(response(True))) as client:
        assert ("logging" in client.plugins.names) is is_there
        client.health()
    assert len([line for line in caplog.messages if line.startswith("health GET /health: 200,")]) == is_there


def test_it_can_be_switched_off(log: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_DISABLE_PLUGINS", "logging")
    with Prefect(URL, transport=FakeTransport(response(True))) as client:
        client.health()
    assert log.messages == []
