"""The network stream on asyncio: flow control in both directions, and connections that are lost."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import httpcore
import pytest

from prefectkit.core.errors import ConnectError
from prefectkit.core.http.messages import Request
from prefectkit.transports.http import AsyncHTTPTransport
from prefectkit.transports.http.asyncio_stream import MAX_UNREAD, AsyncioStream
from prefectkit.transports.http.network import AsyncBackend
from tests.faults import Connection, FaultServer
from tests.transports.http_senders import eventually, sockets

MUCH = 8 << 20


def with_stream(serve: Callable[[Connection], object], script: Callable[[Any], Awaitable[Any]]) -> Any:
    """What a script gives that is run with a stream to a server; nothing may stay open."""

    async def main(port: int) -> Any:
        stream = await AsyncBackend().connect_tcp("127.0.0.1", port, 5)
        try:
            assert isinstance(getattr(stream, "_inner", None), AsyncioStream)
            return await script(stream)
        finally:
            await stream.aclose()

    before = sockets()
    with FaultServer(on_connect=serve) as server:
        result = asyncio.run(main(int(server.url.rpartition(":")[2])))
    assert eventually(lambda: sockets() <= before)
    return result


def test_unread_data_is_limited() -> None:
    async def script(stream: Any) -> int:
        first = await stream.read(1000, 5)
        assert len(first) == 1000
        inner = stream._inner
        while inner._transport.is_reading():
            await asyncio.sleep(0.01)
        assert MAX_UNREAD < len(inner._unread) < MUCH // 2
        count = len(first)
        while data := await stream.read(65536, 5):
            assert len(data) <= 65536
            count += len(data)
        return count

    assert with_stream(lambda connection: connection.send(bytes(MUCH)), script) == MUCH


def test_what_is_written_has_left() -> None:
    go_on, received = threading.Event(), []

    def serve(connection: Connection) -> None:
        go_on.wait(5)
        while sum(map(len, received)) < MUCH:
            received.append(connection.socket.recv(1 << 20))
        connection.send(b"!")

    async def script(stream: Any) -> bytes:
        with pytest.raises(httpcore.WriteTimeout):
            await stream.write(bytes(MUCH // 2), 0.05)
        go_on.set()
        await stream.write(bytes(MUCH // 2), 5)
        assert stream._inner._transport.get_write_buffer_size() == 0
        return await stream.read(10, 5)

    assert with_stream(serve, script) == b"!"


def test_a_server_that_leaves_while_it_is_written_to() -> None:
    async def script(stream: Any) -> None:
        with pytest.raises(httpcore.WriteError):
            await stream.write(bytes(MUCH), 5)
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"more", 5)

    with_stream(lambda connection: (connection.socket.recv(10), connection.reset()), script)


def test_the_end() -> None:
    async def script(stream: Any) -> None:
        while not stream.get_extra_info("is_readable"):
            await asyncio.sleep(0.01)
        assert await stream.read(100, 5) == b"last"
        assert await stream.read(100, 5) == b""
        assert stream.get_extra_info("is_readable")

    with_stream(lambda connection: connection.send(b"last"), script)


def test_a_reset_comes_after_what_was_sent_before_it() -> None:
    async def script(stream: Any) -> None:
        stream._inner.data_received(b"last")
        stream._inner.connection_lost(ConnectionResetError("gone"))
        assert await stream.read(100, 5) == b"last"
        with pytest.raises(httpcore.ReadError, match="gone"):
            await stream.read(100, 5)

    with_stream(Connection.hang, script)


def test_reading_has_a_limit_of_its_own() -> None:
    async def script(stream: Any) -> None:
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(100, 0.02)
        # One that was cancelled leaves nobody waiting.
        reading = asyncio.ensure_future(stream.read(100, 5))
        await asyncio.sleep(0)
        reading.cancel()
        stream._inner.data_received(b"x")
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert await stream.read(100, 5) == b"x"

    with_stream(Connection.hang, script)


def test_the_end_of_a_write_does_not_end_a_read() -> None:
    # TLS writes of its own accord.
    async def script(stream: Any) -> None:
        reading = asyncio.ensure_future(stream.read(100, 5))
        await asyncio.sleep(0)
        stream._inner.pause_writing()
        stream._inner.resume_writing()
        await asyncio.sleep(0.01)
        assert not reading.done()
        stream._inner.data_received(b"x")
        assert await reading == b"x"

    with_stream(Connection.hang, script)


def test_a_handshake_has_a_limit_of_its_own() -> None:
    async def script(stream: Any) -> None:
        with pytest.raises(httpcore.ConnectTimeout):
            await stream.start_tls(ssl.create_default_context(), "localhost", 0.05)

    with_stream(Connection.hang, script)


def test_what_comes_before_the_handshake_is_not_taken_for_a_part_of_what_is_secure() -> None:
    async def script(stream: Any) -> None:
        stream._inner.data_received(b"HTTP/1.1 200 OK\r\n\r\n")
        with pytest.raises(httpcore.ConnectError, match="before the handshake"):
            await stream.start_tls(ssl.create_default_context(), "localhost", 5)

    with_stream(Connection.hang, script)


@pytest.mark.parametrize(
    ("host", "races"),
    [("127.0.0.1", False), ("::1", False), ("fe80::1", False), ("localhost", True), ("dead.be", True)],
)
def test_the_addresses_of_a_name_race(host: str, races: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    async def main() -> None:
        async def refuse(*_: Any, **options: Any) -> Any:
            asked.append(options)
            raise OSError("Multiple exceptions: [Errno 101] Connect call failed, [Errno 111] Connect call failed")

        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", refuse)
        url = f"http://[{host}]" if ":" in host else f"http://{host}"
        transport = AsyncHTTPTransport(base_url=url)
        with pytest.raises(ConnectError, match="Connection refused"):
            await transport.send(Request("GET", url, "/", timeout=5))
        await transport.aclose()

    asyncio.run(main())
    assert asked == [{"happy_eyeballs_delay": 0.25} if races else {}]


def test_connecting_has_a_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", lambda *_, **__: asyncio.sleep(5))
        with pytest.raises(httpcore.ConnectTimeout):
            await AsyncBackend().connect_tcp("127.0.0.1", 1, 0.02)

    asyncio.run(main())
