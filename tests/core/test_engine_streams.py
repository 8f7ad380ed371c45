"""Bodies that come in pieces."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.engine import Engine
from prefectkit.core.errors import IncompleteResponse, NotFound
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import run
from prefectkit.core.retries.policy import RetrySafety
from tests.core.calls import DOWN, RESET, operation
from tests.fakes import AsyncFakeTransport, Chunks, FakeTransport, engine_of


async def collect(engine: Engine, retry_safety: RetrySafety = RetrySafety.READ) -> list[bytes]:
    return [chunk async for chunk in engine.stream(operation(retry_safety), {}, {"a": 1})]


def test_a_stream_hands_over_the_body_in_chunks() -> None:
    body = Chunks([b"a", b"b"])
    transport = FakeTransport(Response(200, chunks=body))
    assert run(collect(engine_of(transport))) == [b"a", b"b"]
    assert body.closed == 1
    assert transport.last.stream
    assert transport.sent == ["GET /flows/?a=1"]


def test_a_stream_may_come_as_one_body() -> None:
    assert run(collect(engine_of(FakeTransport(Response(200, {}, b"ab"))))) == [b"ab"]


@pytest.mark.anyio
async def test_an_async_stream_does_the_same() -> None:
    body, refused = Chunks([b"a", b"b"]), Chunks([b'{"detail": ', b'"no"}'])
    engine = engine_of(AsyncFakeTransport(Response(200, chunks=body), Response(404, chunks=refused)))
    assert await collect(engine) == [b"a", b"b"]
    with pytest.raises(NotFound, match=": no"):
        await collect(engine)
    assert body.closed == refused.closed == 1


def test_a_refused_stream_is_read_quoted_and_closed() -> None:
    body = Chunks([b'{"detail": ', b'"no"}'])
    engine = engine_of(FakeTransport(Response(404, chunks=body)))
    with pytest.raises(NotFound, match=": no") as caught:
        run(collect(engine))
    assert body.closed == 1
    assert caught.value.response.chunks is None


def test_the_body_of_a_refused_stream_is_read_only_so_far() -> None:
    body = Chunks([b"x" * 1000] * 1000)
    with pytest.raises(NotFound):
        run(collect(engine_of(FakeTransport(Response(404, chunks=body)))))
    assert body.closed == 1
    assert len(body._pieces) > 900


def test_a_plugin_sees_the_body_of_a_refused_stream() -> None:
    hooks, seen = Hooks(), []

    def renews(request: Request) -> Any:
        response = yield request
        seen.append(response.body)
        return response.status == 403

    hooks.authenticate = (renews,)
    refused, whole = Chunks([b"CSRF token"]), Chunks([b"a"])
    transport = FakeTransport(Response(403, chunks=refused), Response(200, chunks=whole))
    assert run(collect(engine_of(transport, hooks=hooks))) == [b"a"]
    assert seen == [b"CSRF token", b""]
    assert refused.closed == whole.closed == 1


def test_a_stream_is_asked_for_again_until_it_starts() -> None:
    body = Chunks([b"a"])
    transport = FakeTransport(DOWN, Response(503, chunks=Chunks([], RESET)), Response(200, chunks=body))
    assert run(collect(engine_of(transport))) == [b"a"]
    assert len(transport.requests) == 3


def test_a_stream_that_breaks_off_half_way_is_not_asked_for_again() -> None:
    body = Chunks([b"a"], IncompleteResponse("cut"))
    transport = FakeTransport(Response(200, chunks=body))
    stream = engine_of(transport).stream(operation(), {})
    assert run(stream.__anext__()) == b"a"
    with pytest.raises(IncompleteResponse, match=r"flows.do: cut"):
        run(stream.__anext__())
    assert body.closed == len(transport.requests) == 1


def test_a_stream_that_nobody_reads_to_its_end_is_closed() -> None:
    body = Chunks([b"a", b"b"])
    stream = engine_of(FakeTransport(Response(200, chunks=body))).stream(operation(), {})
    assert run(stream.__anext__()) == b"a"
    run(stream.aclose())
    assert body.closed == 1
