"""An operation without a result is done where the API says so, and not where a gateway responds in its place."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from prefectkit import Prefect, models
from prefectkit.core.errors import AmbiguousOutcomeError, ResponseDecodeError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.serialization.codec import decode
from tests.fakes import FakeTransport, response

ID = "11111111-1111-4111-8111-111111111111"
JSON = {"content-type": "application/json"}
STORED = json.dumps({"id": ID, "created": "2026-01-01T00:00:00Z", "name": "x"}).encode()
BODIES = {
    b'{"error":"login"}': "an object",
    b'{"status":"ok"}': "an object",
    b"{}": "an object",
    b'{"id":"1","created":"2026-01-01T00:00:00Z"}': "an object",
    b'{"id":"11111111-1111-4111-8111-111111111111","error":"login"}': "an object",
    b"[]": "an array",
    b"[null]": "an array",
    b'"ok"': "a text",
    b"true": "a number or boolean",
    b"0": "a number or boolean",
    b"1.5": "a number or boolean",
    b"": "no body",
    b" \n": "no body",
    b"OK": "a body that is not JSON",
    b"\xff": "a body that is not JSON",
}


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("body", [b"null", b" null\n", STORED])
def test_what_the_api_sends_is_a_success(status: int, body: bytes) -> None:
    assert decode(type(None), Response(status, JSON, body)) is None


@pytest.mark.parametrize("headers", [{}, JSON, {"content-type": "text/plain"}])
def test_204_is_a_success(headers: dict[str, str]) -> None:
    assert decode(type(None), Response(204, headers)) is None


def test_what_stands_in_for_a_lost_response_is_a_success() -> None:
    assert decode(type(None), Response(200, JSON, b"{}", deduplicated=True)) is None


@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 207, 226])
@pytest.mark.parametrize(("body", "kind"), BODIES.items())
def test_what_a_gateway_sends_is_none(status: int, body: bytes, kind: str) -> None:
    with pytest.raises(ResponseDecodeError, match=f"{status} with {kind}, and the API .* something in front of it"):
        decode(type(None), Response(status, JSON, body))


@pytest.mark.parametrize("status", [203, 205, 206, 207])
@pytest.mark.parametrize(("body", "kind"), [(b"null", "null"), (b"", "no body"), (STORED, "an object")])
def test_a_status_that_the_api_does_not_use_is_none(status: int, body: bytes, kind: str) -> None:
    with pytest.raises(ResponseDecodeError, match=f"{status} with {kind}, and"):
        decode(type(None), Response(status, JSON, body))


@pytest.mark.parametrize(("headers", "body"), [({"content-type": "text/html"}, b""), ({}, b"x"), (JSON, b"null")])
def test_204_with_a_body_or_of_a_page_is_none(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(ResponseDecodeError):
        decode(type(None), Response(204, headers, body))


CALLS: dict[str, Any] = {
    "flow_runs.delete": lambda client: client.flow_runs.delete(ID),
    "flow_runs.update": lambda client: client.flow_runs.update(ID, name="x"),
    "deployments.pause": lambda client: client.deployments.pause(ID),
    "deployments.resume": lambda client: client.deployments.resume(ID),
    "variables.delete_by_name": lambda client: client.variables.delete_by_name("x"),
    "automations.delete": lambda client: client.automations.delete(ID),
    "work_pools.delete": lambda client: client.work_pools.delete("x"),
    "artifacts.delete": lambda client: client.artifacts.delete(ID),
    "concurrency_limits.reset_by_tag": lambda client: client.concurrency_limits.reset_by_tag("x"),
    "logs.create": lambda client: client.logs.create(
        [models.LogCreate(name="x", level=20, message="m", timestamp=datetime(2026, 1, 1, tzinfo=UTC))]
    ),
    "flow_runs.bulk_delete": lambda client: client.flow_runs.bulk_delete(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("body", [{"error": "login"}, [], {"status": "ok"}, "ok"], ids=str)
def test_no_change_is_told_as_done(call: Any, body: Any) -> None:
    def respond(request: Request) -> Response:
        return Response(404) if "csrf-token" in request.target else response(body)

    transport = FakeTransport(respond, respond)
    with Prefect("http://host/api", transport=transport, max_attempts=1) as client:
        with pytest.raises((ResponseDecodeError, AmbiguousOutcomeError)) as caught:
            call(client)
    assert caught.value.maybe_applied
