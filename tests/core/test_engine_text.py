"""Responses that are no JSON: text and streams. A page to sign in at is neither."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.errors import ResponseDecodeError
from prefectkit.core.http.messages import Response
from prefectkit.core.io import run
from prefectkit.core.retries.policy import RetrySafety
from tests.core.calls import RESET, operation
from tests.fakes import AsyncFakeTransport, Chunks, FakeTransport, engine_of

TEXT = {"content-type": "text/plain"}
HTML = {"content-type": "text/html; charset=utf-8"}


def test_text_is_text_whatever_it_looks_like() -> None:
    for body in (b"", b"17", b"\xff{", "ü".encode()):
        for headers in (TEXT, {}):
            engine = engine_of(FakeTransport(Response(200, headers, body)))
            assert run(engine.text(operation(), {})) == body.decode("utf-8", "replace")


def test_text_is_asked_for_with_a_body() -> None:
    transport = FakeTransport(RESET, Response(200, TEXT, b"id"))
    assert run(engine_of(transport).text(operation(RetrySafety.IDEMPOTENT), {}, {"a": 1})) == "id"
    assert [request.body for request in transport.requests] == [b'{"a":1}'] * 2


def test_a_web_page_is_not_a_text_result() -> None:
    transport = FakeTransport(Response(200, HTML, b"<html>Sign in</html>"))
    with pytest.raises(ResponseDecodeError, match="web page") as caught:
        run(engine_of(transport).text(operation(RetrySafety.IDEMPOTENT), {}))
    assert (caught.value.maybe_applied, caught.value.attempts, len(transport.requests)) == (True, 1, 1)


def test_a_web_page_is_not_a_stream_result() -> None:
    body = Chunks([b"<html>", b"Sign in"])
    engine = engine_of(FakeTransport(Response(200, HTML, chunks=body)))

    async def read() -> list[bytes]:
        return [chunk async for chunk in engine.stream(operation(), {})]

    with pytest.raises(ResponseDecodeError, match="web page") as caught:
        run(read())
    assert caught.value.operation is not None and caught.value.operation.name == "flows.do"
    assert "<html>Sign in" in caught.value.excerpt
    assert body.closed == 1


def test_a_web_page_that_came_whole_is_no_stream() -> None:
    engine = engine_of(FakeTransport(Response(200, HTML, b"<html>")))
    with pytest.raises(ResponseDecodeError, match="web page") as caught:
        run(anext(engine.stream(operation(), {})))
    assert caught.value.excerpt == "<html>"


@pytest.mark.anyio
async def test_a_web_page_is_not_an_async_stream_result() -> None:
    body: Any = Chunks([b"<html>"])
    engine = engine_of(AsyncFakeTransport(Response(200, HTML, chunks=body)))
    with pytest.raises(ResponseDecodeError):
        assert [chunk async for chunk in engine.stream(operation(), {})] == []
    assert body.closed == 1
