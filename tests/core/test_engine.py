"""How a call becomes a request, and a response its result."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec
import pytest

from prefectkit.core.engine import Engine
from prefectkit.core.errors import InvalidParameterError, NotFound, RequestEncodeError
from prefectkit.core.http.messages import Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.io import run
from prefectkit.core.operation import Operation
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetryPolicy, RetrySafety
from prefectkit.models import StateType
from tests.core.calls import call, operation
from tests.fakes import URL, FakeTransport, engine_of, response


class Body(msgspec.Struct):
    name: str


class Level(Enum):
    LOW = 1


def test_a_call_is_encoded_sent_and_decoded() -> None:
    transport = FakeTransport(response({"name": "a"}))
    engine = engine_of(transport, options=Options(timeout=7.0, headers={"x-team": "data"}))
    creates = Operation(
        name="x", method="POST", path=PathTemplate("/flows/{name}"), retry_safety=RetrySafety.IDEMPOTENT
    )
    result = run(engine.call(creates, Body, {"name": "a b"}, {"limit": 1}, Body("ä")))
    assert result == Body("a")
    request = transport.last
    assert (request.method, request.url) == ("POST", f"{URL}/flows/a%20b?limit=1")
    assert request.headers == {"accept": "application/json", "x-team": "data", "content-type": "application/json"}
    assert request.body == '{"name":"ä"}'.encode()
    assert (request.timeout, request.stream, request.operation) == (7.0, False, creates)


def test_without_a_body_there_is_no_content_type() -> None:
    transport = FakeTransport()
    call(engine_of(transport))
    assert transport.last.headers == {"accept": "application/json"}
    assert transport.last.body == b""


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (None, ""),
        ({}, ""),
        ({"a": None, "b": msgspec.UNSET, "c": []}, ""),
        ({"a": 1, "b": True, "c": 1.5, "d": "x y&z/ä"}, "?a=1&b=true&c=1.5&d=x+y%26z%2F%C3%A4"),
        ({"a": [1, None, "x"], "b": (2,)}, "?a=1&a=x&b=2"),
        ({"a": {3}, "b": frozenset({4})}, "?a=3&b=4"),
        ({"since": datetime(2024, 1, 2, tzinfo=UTC)}, "?since=2024-01-02T00%3A00%3A00Z"),
        ({"id": UUID(int=1)}, "?id=00000000-0000-0000-0000-000000000001"),
        ({"quoted": '"x"'}, "?quoted=%22x%22"),
        ({"type": StateType.FAILED, "any": [Level.LOW, "x"]}, "?type=FAILED&any=1&any=x"),
        ({"a\r\nb": "\r\n"}, "?a%0D%0Ab=%0D%0A"),
    ],
)
def test_a_query_is_quoted(query: Any, text: str) -> None:
    transport = FakeTransport()
    call(engine_of(transport), query=query)
    assert transport.last.target == f"/flows/{text}"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"query": {"a": "\ud800"}}, InvalidParameterError),
        ({"query": {"a": float("nan")}}, RequestEncodeError),
        ({"body": {"a": float("nan")}}, RequestEncodeError),
    ],
)
def test_what_cannot_be_sent_is_refused_before_anything_is(arguments: Any, error: type[Exception]) -> None:
    transport = FakeTransport()
    with pytest.raises(error):
        call(engine_of(transport), **arguments)
    assert transport.requests == []


def test_an_infinite_time_is_no_limit() -> None:
    transport = FakeTransport()
    call(engine_of(transport, options=Options(timeout=float("inf"), policy=RetryPolicy(deadline=float("inf")))))
    assert transport.last.timeout is None
    call(engine_of(transport, options=Options(timeout=float("inf"))))
    assert transport.last.timeout == 90.0


def raw(
    engine: Engine, retry_safety: RetrySafety = RetrySafety.READ, *, check: bool = True, headers: Any = None
) -> Response:
    return run(engine.raw(operation(retry_safety), {}, None, None, headers=headers, check=check))


def test_a_raw_call_gives_the_response_as_it_came() -> None:
    transport = FakeTransport(response([1]))
    received = raw(engine_of(transport), headers={"X-One": "1"})
    assert received.json() == [1]
    assert transport.last.headers["x-one"] == "1"


def test_a_raw_call_checks_the_status_unless_told_not_to() -> None:
    with pytest.raises(NotFound):
        raw(engine_of(FakeTransport(response(None, 404))))
    transport = FakeTransport(response(None, 503))
    assert raw(engine_of(transport), check=False).status == 503
    assert len(transport.requests) == 1


def test_a_raw_call_checks_its_headers() -> None:
    with pytest.raises(InvalidParameterError):
        raw(engine_of(FakeTransport()), headers={"x": "\n"})
