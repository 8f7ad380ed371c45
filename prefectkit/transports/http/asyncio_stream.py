"""A network stream for httpcore on asyncio itself: anyio's yields to the event loop at each step, which is slow."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, cast

import httpcore

from prefectkit.transports.http.name_resolution import is_address
from prefectkit.transports.wire.socket_poll import is_readable

MAX_UNREAD = 1 << 18  # bytes


class AsyncioStream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """A network stream that one task at a time uses."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._unread = bytearray()
        self._is_lost = False
        self._error: Exception | None = None
        self._is_full = False
        self._waiter: asyncio.Future[None] | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while not self._unread and not self._is_lost:
            await self._wait_for_event(timeout, httpcore.ReadTimeout)
        if not self._unread and self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        data = bytes(self._unread[:max_bytes])
        del self._unread[:max_bytes]
        if not self._is_lost and not self._transport.is_reading():
            self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not self._is_lost:
            self._transport.write(buffer)
        while self._is_full and not self._is_lost:
            await self._wait_for_event(timeout, httpcore.WriteTimeout)
        if self._is_lost:
            raise httpcore.WriteError(str(self._error or "the server closed it")) from self._error

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            if self._unread:
                # Otherwise it would pass for data received over TLS.
                raise ssl.SSLError("the server sent data before the handshake")
            async with asyncio.timeout(timeout):
                transport = await loop.start_tls(self._transport, self, ssl_context, server_hostname=server_hostname)
        except OSError as error:
            raise _connect_error(error) from error
        self.connection_made(cast(asyncio.Transport, transport))
        return self

    async def aclose(self) -> None:
        # `close` would wait for a server that has stopped reading.
        self._transport.abort()

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            if self._is_lost or self._unread:
                return True
            return is_readable(self._transport.get_extra_info("socket").fileno())
        return self._transport.get_extra_info(info)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # With TLS and a limit of 0 an empty buffer counts as full, and `resume_writing` would never be called.
        self._transport.set_write_buffer_limits(1, 0)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if len(self._unread) > MAX_UNREAD:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost, self._error = True, exc
        self._wake()

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._wake()

    async def _wait_for_event(self, timeout: float | None, timeout_error: type[httpcore.TimeoutException]) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._waiter
        except TimeoutError as error:
            raise timeout_error from error
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def connect(host: str, port: int, timeout: float | None) -> AsyncioStream:
    """Open a connection. The addresses of a name are tried in parallel (happy eyeballs, RFC 8305)."""
    loop = asyncio.get_running_loop()
    # uvloop does not support it, and if it is cancelled it may leave a socket to the garbage collector.
    is_single = is_address(host) or not isinstance(loop, asyncio.BaseEventLoop)
    options: Any = {} if is_single else {"happy_eyeballs_delay": 0.25}
    try:
        async with asyncio.timeout(timeout):
            stream: AsyncioStream = (await loop.create_connection(AsyncioStream, host, port, **options))[1]
            return stream
    except OSError as error:
        raise _connect_error(error) from error


def _connect_error(error: OSError) -> Exception:
    return (httpcore.ConnectTimeout if isinstance(error, TimeoutError) else httpcore.ConnectError)(str(error))
