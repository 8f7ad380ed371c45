"""What observers see: all that is harmless, nothing that is secret, and nothing to change."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    BadRequest,
    CallError,
    ConnectError,
    PluginError,
    ResponseDecodeError,
    StatusError,
)
from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.security.redaction import REDACTED, add_patterns, is_secret_route
from prefectkit.plugins.views import CallView, RequestView, ResponseView, error_view
from tests.core.calls import operation

SECRET = "hunter2"


def request(target: str = "/flows/", body: bytes = b"", *, own: bool = False, **headers: str) -> Request:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        "POST", "http://host/api", target, headers=given, body=body, operation=None if own else operation(), timeout=3.0
    )


def seen(target: str = "/flows/", body: bytes = b"", *, own: bool = False, **headers: str) -> RequestView:
    return RequestView(request(target, body, own=own, **headers))


# Requests


def test_a_request_shows_what_is_harmless() -> None:
    view = seen("/flows/?a=1", b'{"name": "x"}', accept="application/json", x_request_id="7")
    assert (view.method, view.base_url, view.target) == ("POST", "http://host/api", "/flows/?a=1")
    assert view.url == "http://host/api/flows/?a=1"
    assert dict(view.headers) == {"accept": "application/json", "x-request-id": "7"}
    assert view.body == b'{"name": "x"}'
    assert (view.timeout, view.stream) == (3.0, False)
    assert view.operation is not None
    assert repr(view) == "<Request POST /flows/>"


@pytest.mark.parametrize(
    "name", ["authorization", "cookie", "prefect-csrf-token", "prefect-csrf-client", "cf-access-client-id", "X-Team"]
)
def test_other_headers_are_redacted(name: str) -> None:
    assert dict(seen(**{name: SECRET}).headers) == {name: REDACTED}


SECRET_TARGETS = [
    "/block_documents/",
    "/block_documents",
    "/block_documents/1?include_secrets=true",
    "/block_types/slug/aws/block_documents/name/mine",
    "/variables/name/x",
    "/%76ariables/filter",
    "/work_pools/",
    "/admin/settings",
    "/csrf-token?client=1",
]


@pytest.mark.parametrize("target", SECRET_TARGETS)
def test_the_bodies_of_routes_that_bear_secrets_are_redacted(target: str) -> None:
    assert is_secret_route(target)
    assert seen(target, b"x").body == b"<redacted>"
    assert seen(target).body == b""
    answer = ResponseView(Response(200, body=b'"x"'), request(target))
    assert (answer.body, answer.text, answer.json()) == (b"<redacted>", REDACTED, REDACTED)


@pytest.mark.parametrize(
    "target", ["/flows/", "/flows/name/variables", "/admin/version", "/work_poolsy", "/?/variables"]
)
def test_other_routes_bear_none(target: str) -> None:
    assert not is_secret_route(target)


@pytest.mark.parametrize("name", ["job_variables", "infra_overrides", "base_job_template"])
def test_a_body_with_job_settings_is_redacted_wherever_it_goes(name: str) -> None:
    for value in ({"env": {"KEY": SECRET}}, "x", [1]):
        for text in (json.dumps({"a": {name: value}}), json.dumps({name: value}, indent=1)):
            assert seen("/deployments/", text.encode()).body == b"<redacted>"
    for value in (None, {}):
        text = json.dumps({name: value})
        assert seen("/deployments/", text.encode()).body == text.encode()


def test_a_body_is_scrubbed() -> None:
    assert seen(body=b'{"password": "hunter2", "a": 1}').body == b'{"password": "********", "a": 1}'
    answer = ResponseView(Response(200, body=b'{"api_key": "hunter2"}'), request())
    assert answer.json() == {"api_key": "********"}
    # What is no text stays as it is.
    assert seen(body=b"\xff\x00\xfe").body == b"\xff\x00\xfe"


def test_of_a_plugins_own_request_neither_query_nor_body_is_shown() -> None:
    view = seen("/token?client_secret=hunter2", b"hunter2", own=True)
    assert (view.target, view.body) == ("/token?<redacted>", b"<redacted>")
    assert seen("/token", own=True).target == "/token"
    answer = ResponseView(Response(200, body=b"hunter2"), request("/token", own=True))
    assert answer.body == b"<redacted>"


# Answers


def test_an_answer_shows_what_is_harmless() -> None:
    view = ResponseView(Response(404, {"retry-after": "3"}, b'{"a": 1}', deduplicated=True), request())
    assert (view.status, view.reason, view.is_success, view.deduplicated) == (404, "Not Found", False, True)
    assert dict(view.headers) == {"retry-after": "3"}
    assert (view.text, view.json()) == ('{"a": 1}', {"a": 1})
    assert repr(view) == "<Response 404>"


def test_an_answer_that_is_no_json_says_so() -> None:
    with pytest.raises(ResponseDecodeError, match="text/html"):
        ResponseView(Response(200, {"content-type": "text/html"}, b"<p>"), request()).json()


@pytest.mark.parametrize("name", ["set-cookie", "Set-Cookie", "x-auth", "prefect-csrf-token", "x-api-key", "location"])
def test_headers_of_an_answer_whose_names_sound_secret_are_redacted(name: str) -> None:
    assert ResponseView(Response(200, {name: SECRET}), request()).headers[name] == REDACTED


# Nothing to change


def test_a_view_is_read_only() -> None:
    sent = request(body=b"x", accept="a")
    call = Call(operation(), sent, lambda: 0.0)
    for view in (RequestView(sent), ResponseView(Response(200), sent), CallView(call, "p")):
        for name in [name for name in dir(view) if not name.startswith("_") and not callable(getattr(view, name))]:
            with pytest.raises(AttributeError):
                setattr(view, name, None)
        with pytest.raises(AttributeError):
            setattr(view, "new", 1)  # noqa: B010 -- a type checker would refuse it, too
    headers: Any = RequestView(sent).headers
    with pytest.raises(TypeError):
        headers["accept"] = "b"
    assert sent.headers == {"accept": "a"}


# Calls


def test_a_call_is_told_by_its_id_and_each_plugin_has_its_own_notes() -> None:
    now = [5.0]
    one, other = (Call(operation(), request(), lambda: now[0]) for _ in range(2))
    now[0] += 1.5
    assert one.id != other.id
    one.attempt = 2
    view = CallView(one, "a")
    assert (view.id, view.attempt, view.operation.name) == (one.id, 2, "flows.do")
    assert (view.started, view.elapsed) == (5.0, 1.5)
    assert view.request.target == "/flows/"
    assert repr(view) == "<Call flows.do attempt=2>"
    view.state["span"] = 1
    assert CallView(one, "a").state == {"span": 1}
    assert CallView(one, "b").state == CallView(other, "a").state == {}


# Errors


def refusal(error: StatusError) -> StatusError:
    error.operation = operation()
    error.__cause__ = OSError(SECRET)
    return error


def test_an_error_is_a_copy() -> None:
    error = refusal(BadRequest("no", response=Response(400, {"set-cookie": SECRET}, b'{"a": 1}'), detail="d"))
    view: Any = error_view(error, request())
    assert type(view) is BadRequest
    assert view is not error
    assert (str(view), view.status, view.detail, view.operation) == ("flows.do: no", 400, "d", error.operation)
    assert view.response.json() == {"a": 1}
    assert view.response.headers["set-cookie"] == REDACTED
    assert (view.__cause__, view.__context__, view.__traceback__) == (None, None, None)
    view.args, view.status, view.detail = ("tampered",), 200, None
    assert (str(error), error.status, error.detail) == ("flows.do: no", 400, "d")


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("hunter2", response=Response(400, {}, b"hunter2"), detail={"input": SECRET}),
        ResponseDecodeError("hunter2", excerpt="hunter2"),
        AmbiguousOutcomeError("hunter2"),
    ],
)
def test_an_error_of_a_route_that_bears_secrets_is_redacted(error: CallError) -> None:
    error.__cause__ = ResponseDecodeError("hunter2", excerpt="hunter2")
    view: Any = error_view(error, request("/variables/"))
    assert SECRET not in f"{view!r} {view} {vars(view)} {vars(view.__cause__)} {view.__cause__!r}"
    assert view.args == (REDACTED,)
    if isinstance(view, StatusError):
        assert view.response.body == b"<redacted>"


def pickled(error: Any) -> Any:
    return pickle.loads(pickle.dumps(error))


@pytest.mark.parametrize("kept", [copy.copy, pickled])
def test_an_error_that_a_plugin_keeps_is_redacted(kept: Callable[[Any], Any]) -> None:
    error = refusal(BadRequest("no", response=Response(400, {"set-cookie": SECRET}, b'{"password": "hunter2"}')))
    view = kept(error_view(error, request()))
    assert SECRET.encode() not in pickle.dumps(view)
    assert (type(view.response), view.response.status) == (Response, 400)
    assert view.response.headers == {"set-cookie": REDACTED}
    assert SECRET not in view.response.text


def test_why_no_answer_came_is_not_secret() -> None:
    error = ConnectError("connection refused")
    view: Any = error_view(error, request("/variables/"))
    assert (str(view), view.phase) == ("connection refused", error.phase)


def test_the_cause_of_an_error_is_seen_where_it_is_the_sdks() -> None:
    error = AmbiguousOutcomeError("perhaps")
    error.__cause__ = ConnectError("refused")
    view = error_view(error, request())
    assert str(view.__cause__) == "refused"
    assert view.__cause__ is not error.__cause__
    error.__cause__ = OSError("x")
    assert error_view(error, request()).__cause__ is None


def test_an_error_that_is_not_the_sdks_is_given_as_it_is() -> None:
    stop = KeyboardInterrupt()
    assert error_view(stop, request()) is stop
    plugin: Any = error_view(PluginError("odd", plugin="p", hook="h"), request())
    assert (str(plugin), plugin.plugin, plugin.hook) == ("odd", "p", "h")


# Patterns


def test_patterns_of_plugins_are_scrubbed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prefectkit.core.security.redaction._added", {})
    assert seen(body=b"team-1234").body == b"team-1234"
    add_patterns([r"team-\d+"])
    assert seen("/flows/?a=team-1234", b"team-1234").body == b"********"
    assert seen("/flows/?a=team-1234").target == "/flows/?a=********"


@pytest.mark.parametrize(
    ("pattern", "error"),
    [("(", "unterminated"), (7, "a pattern must be text, got int"), ("x*", "matches the empty text")],
)
def test_a_pattern_that_makes_no_sense_is_refused_and_so_are_those_beside_it(
    pattern: Any, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prefectkit.core.security.redaction._added", {})
    with pytest.raises(Exception, match=error):
        add_patterns(["fine", pattern])
    assert seen(body=b"fine").body == b"fine"
