"""Streamed responses, and `http.disconnect` when the caller stops reading."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from prefectkit.core.errors import IncompleteResponse, TransportTimeout
from prefectkit.transports.asgi import channel, request_cycle
from tests.transports.asgi_drivers import (
    ASYNC_WAYS,
    WAYS,
    App,
    body,
    close_chunks,
    make,
    opened,
    pieces,
    read,
    request,
    start,
)

pytestmark = pytest.mark.anyio


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def anyio_backend(way: str) -> str:
    return "trio" if way.startswith("trio") else "asyncio"


class Endless(App):
    """Sends numbers for ever, and notes each one that it got rid of."""

    def __init__(self, *, listens: bool = True) -> None:
        super().__init__(self.count)
        self.listens = listens
        self.sent = 0

    async def count(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(start())
        try:
            async with anyio.create_task_group() as tasks:
                if self.listens:
                    tasks.start_soon(self.listen, receive, tasks.cancel_scope)
                while True:
                    await send(body(b"%d " % self.sent, more=True))
                    self.sent += 1
        finally:
            self.events.append("ended")

    async def listen(self, receive: Any, scope: anyio.CancelScope) -> None:
        self.events.append((await receive())["type"])
        scope.cancel()


async def test_the_pieces_come_as_the_app_sends_them(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await send(start(200, (b"content-length", b"6")))
        await send(body(b"abc", more=True))
        await app.until("read")
        await send(body(b"", more=True))
        await send(body(b"def"))

    app = App(handler)
    async with opened(way, app) as transport:
        response = await transport.send(request(stream=True))
        assert (response.status, response.body) == (200, b"")
        assert await pieces(response, 1) == [b"abc"]
        app.events.append("read")
        assert await pieces(response) == [b"def"]
        assert await pieces(response) == []


async def test_a_stream_of_a_request_without_a_limit(way: str) -> None:
    async with opened(way, App()) as transport:
        assert await pieces(await transport.send(request(stream=True, timeout=None))) == [b"{}"]


async def test_the_app_waits_for_a_slow_reader(way: str) -> None:
    app = Endless()
    async with opened(way, app) as transport:
        response = await transport.send(request(stream=True))
        await anyio.sleep(0.05)
        assert 0 < app.sent <= channel.CAPACITY
        await pieces(response, 50)
        await anyio.sleep(0.05)
        assert 50 <= app.sent <= 50 + channel.CAPACITY
        await close_chunks(response)


async def test_an_early_close_tells_the_app(way: str) -> None:
    app = Endless()
    async with opened(way, app) as transport:
        response = await transport.send(request(stream=True))
        await pieces(response, 1)
        await close_chunks(response)
        await close_chunks(response)
        assert app.events == ["startup", "http.disconnect", "ended"]
        assert await pieces(response) == []


async def test_an_early_close_ends_an_app_that_does_not_listen(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_cycle, "GRACE", 0.02)
    app = Endless(listens=False)
    async with opened(way, app) as transport:
        response = await transport.send(request(stream=True))
        await close_chunks(response)
        await app.until("ended")


async def test_closing_the_transport_ends_what_is_still_streamed(way: str) -> None:
    app = Endless()
    async with opened(way, app) as transport:
        await transport.send(request(stream=True))
    assert app.events == ["startup", "http.disconnect", "ended", "shutdown"]


@pytest.mark.parametrize("failure", ["raises", "ends", "is short"])
async def test_a_stream_that_breaks_off_is_an_error_after_its_pieces(way: str, failure: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await send(start(200, (b"content-length", b"9")))
        await send(body(b"abc", more=True))
        if failure == "raises":
            raise LookupError("broken")
        if failure == "is short":
            await send(body(b"d"))

    async with opened(way, App(handler)) as transport:
        response = await transport.send(request(stream=True))
        got: list[bytes] = []
        with pytest.raises(IncompleteResponse) as caught:
            await read(response, got)
    assert got[0] == b"abc"
    if failure == "raises":
        assert isinstance(caught.value.__cause__, LookupError)


async def test_an_error_before_the_start_of_a_stream(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        raise LookupError("broken")

    async with opened(way, App(handler)) as transport:
        with pytest.raises(IncompleteResponse, match="raised LookupError before it responded"):
            await transport.send(request(stream=True))


async def test_the_time_is_up_in_the_middle_of_a_stream(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send(start())
        await send(body(b"abc", more=True))
        app.events.append((await receive())["type"])

    app = App(handler)
    async with opened(way, app) as transport:
        response = await transport.send(request(stream=True, timeout=0.1))
        got: list[bytes] = []
        with pytest.raises(TransportTimeout, match="before the app's response was complete"):
            await read(response, got)
        assert got == [b"abc"]
        assert await pieces(response) == []
        await app.until("http.disconnect")


async def test_a_stream_that_nobody_reads_ends_when_its_time_is_up(way: str) -> None:
    app = Endless()
    async with opened(way, app) as transport:
        await transport.send(request(stream=True, timeout=0.05))
        await app.until("ended")
        assert app.events == ["startup", "http.disconnect", "ended"]


@pytest.mark.parametrize("way", ASYNC_WAYS, indirect=True)
@pytest.mark.parametrize("stream", [False, True])
async def test_cancelling_a_caller_disconnects_the_app(way: str, stream: bool) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        app.events.append("waiting")
        app.events.append((await receive())["type"])
        await send(start())
        app.events.append((await receive())["type"])

    app = App(handler)
    async with opened(way, app) as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.send, request(stream=stream))
            await app.until("waiting")
            tasks.cancel_scope.cancel()
        await app.until("http.disconnect")
    assert app.events == ["startup", "waiting", "http.disconnect", "http.disconnect", "shutdown"]


@pytest.mark.parametrize("way", ASYNC_WAYS, indirect=True)
async def test_an_app_that_does_not_listen_is_cancelled_after_its_caller(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_cycle, "GRACE", 0.02)

    async def handler(scope: Any, receive: Any, send: Any) -> None:
        app.events.append("waiting")
        try:
            await anyio.sleep_forever()
        finally:
            app.events.append("cancelled")

    app = App(handler)
    async with opened(way, app) as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.send, request())
            await app.until("waiting")
            tasks.cancel_scope.cancel()
        await app.until("cancelled")


@pytest.mark.parametrize("way", ASYNC_WAYS, indirect=True)
async def test_an_error_after_the_caller_has_gone_is_reported(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        app.events.append("waiting")
        await receive()
        raise LookupError("gone")

    app = App(handler)
    reported: list[BaseException] = []
    async with opened(way, app, on_background_error=reported.append) as transport:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.send, request())
            await app.until("waiting")
            tasks.cancel_scope.cancel()
    assert [str(error) for error in reported] == ["gone"]


@pytest.mark.parametrize("way", ASYNC_WAYS, indirect=True)
async def test_a_reader_that_is_cancelled_can_read_on(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await send(start())
        await send(body(b"abc", more=True))
        await app.until("cancelled")
        await send(body(b"def"))

    app = App(handler)
    async with opened(way, app) as transport:
        response = await transport.send(request(stream=True))
        chunks: Any = response.chunks
        assert await chunks.__anext__() == b"abc"
        with anyio.move_on_after(0.02) as limit:
            await chunks.__anext__()
        assert limit.cancelled_caught
        app.events.append("cancelled")
        assert await pieces(response) == [b"def"]


@pytest.mark.parametrize("way", ASYNC_WAYS, indirect=True)
async def test_many_requests_at_once_get_each_their_own_response(way: str) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        await anyio.lowlevel.checkpoint()
        await send(start())
        await send(body(message["body"]))

    responses: dict[bytes, bytes] = {}

    async with opened(way, App(handler)) as transport:

        async def call(number: int) -> None:
            token = b"%d" % number
            responses[token] = (await transport.send(request(body=token))).body

        async with anyio.create_task_group() as tasks:
            for number in range(100):
                tasks.start_soon(call, number)
    assert len(responses) == 100
    assert all(token == response for token, response in responses.items())


@pytest.mark.parametrize("way", ASYNC_WAYS, indirect=True)
@pytest.mark.parametrize("stream", [False, True])
async def test_closing_the_transport_fails_waiting_requests(way: str, stream: bool) -> None:
    async def handler(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if stream:
            await send(start())
        app.events.append("waiting")
        app.events.append((await receive())["type"])

    app = App(handler)
    transport = make(way, app)
    async with anyio.create_task_group() as tasks:

        async def call() -> None:
            with pytest.raises(IncompleteResponse, match="transport was closed"):
                await pieces(await transport.send(request(stream=stream)))

        tasks.start_soon(call)
        await app.until("waiting")
        await anyio.sleep(0.01)
        await transport.close()
    assert app.events == ["startup", "waiting", "http.disconnect", "shutdown"]
