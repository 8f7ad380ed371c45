"""The messages of errors for responses that are not a success."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.errors import ConfigError, ResponseDecodeError, ServerError, StatusError, TransportError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.http.status import MOST_REDACTED, MOST_SHOWN, phase_of, status_error
from prefectkit.core.operation import Operation
from prefectkit.core.retries.policy import Phase, RetrySafety
from prefectkit.core.security.redactor import Redactor
from tests.fakes import response

OPERATION = Operation(
    name="flows.read", method="GET", path=PathTemplate("/flows/{id:uuid}"), retry_safety=RetrySafety.READ
)


def refused(
    response: Response, *, base_url: str = "http://host/api", headers: dict[str, str] | None = None
) -> StatusError:
    request = Request("GET", base_url, "/flows/1?secret=2", headers=headers, operation=OPERATION)
    return status_error(request, response)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"detail": "Flow not found"}, "Flow not found"),
        ({"message": "no"}, "no"),
        ({"exception_message": "it broke"}, "it broke"),
        ({"detail": "first", "message": "second"}, "first"),
        ({"detail": {"code": 7}}, '{"code":7}'),
        ({"detail": "", "other": 1}, '{"detail":"","other":1}'),
        ({"exception_detail": []}, ""),
        (
            {"detail": [{"loc": ["body", "name"], "msg": "Field required", "type": "missing"}]},
            "name: Field required",
        ),
        (
            {"exception_detail": [{"loc": ["body", 0], "msg": "too long", "type": "x", "input": "hunter2"}]},
            "0: too long",
        ),
        (
            {
                "exception_detail": [
                    {"loc": ["body", "a"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden"},
                    {"loc": ["body", "b"], "msg": "bad", "type": "x"},
                ]
            },
            "a: Extra inputs are not permitted; b: bad",
        ),
        ({"detail": ["odd", 1]}, '"odd"; 1'),
        ({"exception_detail": ["odd"]}, '"odd"'),
        (["a", "b"], '"a"; "b"'),
        ({"other": 1}, '{"other":1}'),
        ("text", "text"),
        (5, "5"),
        (None, ""),
        ({}, ""),
        (b"", ""),
        (b"plain words", "plain words"),
        (b"\xff", "\xff"),
        (b"[" * 100_000, "[" * MOST_SHOWN),
    ],
)
def test_the_servers_words_are_quoted(body: object, said: str) -> None:
    error = refused(response(body, 418))
    assert str(error) == "418 I'm a Teapot from GET http://host/api/flows/1" + (f": {said}" if said else "")
    assert "hunter2" not in str(error)


def test_the_detail_is_there_as_it_came_without_what_was_sent() -> None:
    fault = {"loc": ["body", "name"], "msg": "too long", "type": "string_too_long", "input": "hunter2", "ctx": {}}
    error = refused(response({"exception_message": "Invalid request received.", "exception_detail": [fault]}, 422))
    assert error.detail == [{"loc": ["body", "name"], "msg": "too long", "type": "string_too_long"}]
    assert refused(response({"detail": {"code": 7}}, 400)).detail == {"code": 7}
    assert error.status == error.response.status == 422


def test_a_web_page_is_not_quoted() -> None:
    page = Response(502, {"content-type": "text/html"}, b"<html>bad gateway</html>")
    assert str(refused(page)) == "502 Bad Gateway from GET http://host/api/flows/1"


def test_a_long_response_is_cut() -> None:
    assert len(str(refused(response({"detail": "x" * 10_000}, 400)))) < MOST_SHOWN + 100


@pytest.mark.parametrize("form", ['"token', "token", "://a", '{"detail":"%s"}', '["%s"]'])
def test_a_hostile_refusal_is_cut_before_it_is_scrubbed(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    scrubbed: list[int] = []
    monkeypatch.setattr(Redactor, "text", lambda redactor, text, is_cut: scrubbed.append(len(text)) or text)
    monkeypatch.setattr(Redactor, "json", lambda redactor, value: value)
    body = (form % ('\\"token' * 60_000) if "%s" in form else form * 60_000).encode()
    error = refused(Response(500, {"content-type": "application/json"}, body))
    assert 0 < max(scrubbed) <= MOST_REDACTED
    assert len(error.detail) <= MOST_SHOWN
    assert len(str(error)) < MOST_SHOWN + 100


def test_a_refusal_of_ordinary_length_is_parsed() -> None:
    faults = [{"loc": ["body", index, "name"], "msg": "too long", "type": "x"} for index in range(1000)]
    assert refused(response({"detail": faults}, 422)).detail == faults


def test_a_secret_that_is_cut_is_redacted() -> None:
    text = "x" * (MOST_SHOWN - 20) + ' "password": "' + "hunter2" * 1000
    assert "hunter" not in refused(Response(500, {}, text.encode())).detail
    assert "hunter" not in str(refused(Response(500, {}, text.encode())))


def test_a_secret_in_the_response_is_scrubbed() -> None:
    error = refused(response({"detail": 'Bearer hunter2 is wrong, so is "password": "hunter2"'}, 400))
    assert "hunter2" not in str(error)


def test_an_unknown_status_has_no_words() -> None:
    assert str(refused(Response(599, {}, b""))) == "599 from GET http://host/api/flows/1"


def test_a_plugins_own_request_is_named_by_its_target() -> None:
    request = Request("POST", "http://idp", "/token?key=hunter2")
    assert str(status_error(request, response(None, 400))) == "400 Bad Request from POST http://idp/token"


@pytest.mark.parametrize(
    ("status", "base_url", "headers", "hint"),
    [
        (401, "http://host/api", {}, "No credentials were sent: pass api_key or auth_string, or set PREFECT_API_KEY"),
        (403, "http://host/api", {}, "No credentials were sent"),
        (401, "http://host/api", {"authorization": "x"}, "The credentials that were sent are wrong"),
        (403, "http://host/api", {"authorization": "x"}, "or do not allow this"),
        (404, "http://host:4200", {}, "http://host:4200 has no path: is the API at http://host:4200/api?"),
        (405, "http://host:4200", {}, "is the API at"),
        (307, "http://host/api", {}, "redirects are not followed"),
    ],
)
def test_a_hint_says_the_way_out(status: int, base_url: str, headers: dict[str, str], hint: str) -> None:
    assert hint in str(refused(response(None, status), base_url=base_url, headers=headers))


def test_no_hint_where_there_is_nothing_to_say() -> None:
    assert str(refused(response(None, 404))) == "404 Not Found from GET http://host/api/flows/1"


@pytest.mark.parametrize(
    ("status", "headers", "retry_after", "retryable"),
    [
        (429, {"retry-after": "3"}, 3.0, True),
        (423, {"retry-after": "30"}, 30.0, False),
        (
            503,
            {"retry-after": "Wed, 21 Oct 2015 07:28:30 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"},
            30.0,
            True,
        ),
        (503, {"retry-after": "nan"}, None, True),
        (404, {}, None, False),
    ],
)
def test_when_to_come_back(status: int, headers: dict[str, str], retry_after: float | None, retryable: bool) -> None:
    error = refused(response(None, status, headers))
    assert error.retry_after == retry_after
    assert error.retryable is retryable


def test_the_phase_of_each_error() -> None:
    none: frozenset[int] = frozenset()
    assert phase_of(TransportError("", phase=Phase.REFUSED), none) is Phase.REFUSED
    assert phase_of(refused(response(None, 503)), none) is Phase.AMBIGUOUS
    assert phase_of(refused(response(None, 429)), none) is Phase.REFUSED
    assert phase_of(refused(response(None, 404)), none) is None
    assert phase_of(ConfigError(), none) is None  # type: ignore[arg-type] -- an error that is no call's


def test_an_extra_status_is_a_fault_that_may_be_retried() -> None:
    error = refused(response(None, 404))
    assert phase_of(error, frozenset({404})) is Phase.AMBIGUOUS
    assert error.retryable


def test_a_damaged_response_may_be_asked_for_again_and_a_web_page_not() -> None:
    none: frozenset[int] = frozenset()
    damaged = ResponseDecodeError("", content_type="application/json")
    page = ResponseDecodeError("", content_type="text/html")
    assert phase_of(damaged, none) is phase_of(page, none) is Phase.AMBIGUOUS
    assert damaged.retryable
    assert not page.retryable


def test_a_server_error_keeps_the_response() -> None:
    error = refused(response({"detail": "down"}, 503))
    assert isinstance(error, ServerError)
    body: Any = error.response.json()
    assert body == {"detail": "down"}


def test_a_response_tells_of_itself_and_shows_no_content() -> None:
    response = Response(204, {"set-cookie": "hunter2"}, b"hunter2")
    assert repr(response) == "<Response 204>"
    assert (response.reason, response.is_success, response.text) == ("No Content", True, "hunter2")
    assert not Response(301).is_success
    assert Response(200).headers == {}
    with pytest.raises(ResponseDecodeError):
        response.json()


def test_a_request_tells_of_itself_and_shows_no_content() -> None:
    request = Request("POST", "http://host/api", "/flows?key=hunter2", headers={"a": "hunter2"}, body=b"hunter2")
    assert repr(request) == "<Request POST /flows>"
    assert request.url == "http://host/api/flows?key=hunter2"


def test_a_sibling_starts_with_the_same_headers_but_for_those_of_the_body() -> None:
    headers = {"accept": "x", "content-type": "application/json", "content-length": "2"}
    request = Request(
        "POST", "http://host/api", "/flows/", headers=headers, body=b"{}", timeout=3.0, operation=OPERATION
    )
    sibling = request.sibling("GET", "/csrf-token")
    assert (sibling.method, sibling.url, sibling.timeout) == ("GET", "http://host/api/csrf-token", 3.0)
    assert sibling.headers == {"accept": "x"}
    assert (sibling.body, sibling.operation, sibling.stream) == (b"", None, False)
    assert request.sibling("POST", "/x", body=b"1").body == b"1"


def test_an_operation_shows_what_it_calls() -> None:
    assert str(OPERATION) == "GET /flows/{id}"
    assert list(OPERATION.__rich_repr__()) == ["flows.read", "GET /flows/{id}"]
