"""The network streams of the sync transport: what they raise, and how they write within the deadline."""

from __future__ import annotations

import select
import ssl
import threading
from typing import Any

import httpcore
import pytest

from prefectkit.transports.http.network import MAX_WRITE, Backend, Stream
from prefectkit.transports.http.step_timeout import StepTimeout
from prefectkit.transports.wire.attempt import Attempt
from tests.faults import Connection, FaultServer


def test_a_write_on_a_lost_connection() -> None:
    def reset(connection: Connection) -> None:
        connection.socket.recv(1)
        connection.reset()

    with FaultServer(on_connect=reset) as server:
        stream = Backend().connect_tcp("127.0.0.1", server.port, 5)
        with pytest.raises(httpcore.WriteError) as caught:
            # The first ones may fill the buffers of the socket.
            for _ in range(1000):
                stream.write(bytes(65536), 5)
        stream.close()
    assert isinstance(caught.value.__cause__, OSError)


def test_a_connection_that_is_reset_before_the_handshake_is_closed() -> None:
    connected = threading.Event()

    def reset(connection: Connection) -> None:
        connected.wait(5)
        connection.reset()

    with FaultServer(on_connect=reset) as server:
        stream = Backend().connect_tcp("127.0.0.1", server.port, 5)
        connected.set()
        connection = stream.get_extra_info("socket")
        select.select([connection], [], [], 5)
        with pytest.raises(httpcore.ConnectError):
            stream.start_tls(ssl.create_default_context(), "127.0.0.1", 5)
    assert connection.fileno() == -1


class TLSWithinTLS(httpcore.NetworkStream):
    """A stream over TLS to a proxy: it has no socket of its own that could be written to."""

    def __init__(self) -> None:
        self.written: list[tuple[bytes, Any]] = []

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.written.append((buffer, timeout))

    def get_extra_info(self, info: str) -> Any:
        context = ssl.create_default_context()
        return context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="x") if info == "ssl_object" else None


def test_a_large_write_within_tls_within_tls_is_cut_to_pieces() -> None:
    inner, body = TLSWithinTLS(), bytes(range(256)) * 160
    attempt = Attempt(1000, sent=False)
    Stream(inner).write(body, StepTimeout(1000, attempt))
    assert attempt.sent
    assert b"".join(piece for piece, _ in inner.written) == body
    assert [len(piece) for piece, _ in inner.written] == [MAX_WRITE, MAX_WRITE, len(body) - 2 * MAX_WRITE]
    assert all(900 < timeout <= 1000 for _, timeout in inner.written)


def test_a_write_within_tls_within_tls_ends_at_the_deadline() -> None:
    inner = TLSWithinTLS()
    with pytest.raises(httpcore.WriteTimeout):
        Stream(inner).write(b"x", StepTimeout(10, Attempt(-1, sent=True)))
    assert inner.written == []


@pytest.mark.parametrize("timeout", [5.0, StepTimeout(5, Attempt(5, sent=False))])
def test_an_empty_write_sends_nothing(timeout: float) -> None:
    inner = TLSWithinTLS()
    Stream(inner).write(b"", timeout)
    assert inner.written == []
    assert not (isinstance(timeout, StepTimeout) and timeout.attempt.sent)
