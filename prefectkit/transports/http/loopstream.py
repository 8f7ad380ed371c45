"""A connection on asyncio itself: anyio's gives its turn away with each step, which costs more than the step."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, cast

import httpcore

from prefectkit.transports.wire.polling import has_news

MOST_UNREAD = 1 << 18  # bytes


class LoopStream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """A connection, for one task at a time."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._unread = bytearray()
        self._is_over = False
        self._error: Exception | None = None
        self._is_full = False
        self._waiter: asyncio.Future[None] | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while not self._unread and not self._is_over:
            await self._news(timeout, httpcore.ReadTimeout)
        if not self._unread and self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        data = bytes(self._unread[:max_bytes])
        del self._unread[:max_bytes]
        if not self._is_over and not self._transport.is_reading():
            self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not self._is_over:
            self._transport.write(buffer)
        while self._is_full and not self._is_over:
            await self._news(timeout, httpcore.WriteTimeout)
        if self._is_over:
            raise httpcore.WriteError(str(self._error or "the server closed it")) from self._error

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            if self._unread:
                # It would be taken for a part of what is secure.
                raise ssl.SSLError("the server spoke before the handshake")
            async with asyncio.timeout(timeout):
                transport = await loop.start_tls(self._transport, self, ssl_context, server_hostname=server_hostname)
        except OSError as error:
            raise _unconnected(error) from error
        self.connection_made(cast(asyncio.Transport, transport))
        return self

    async def aclose(self) -> None:
        # A plain close waits for a server that reads no more.
        self._transport.abort()

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._is_over or bool(self._unread) or has_news(self._transport.get_extra_info("socket").fileno())
        return self._transport.get_extra_info(info)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        # With TLS a buffer without a byte is at a limit of 0, and nothing would tell of its end.
        self._transport.set_write_buffer_limits(1, 0)

    def data_received(self, data: bytes) -> None:
        self._unread += data
        if len(self._unread) > MOST_UNREAD:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_over, self._error = True, exc
        self._wake()

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        self._wake()

    async def _news(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(timeout):
                await self._waiter
        except TimeoutError as error:
            raise late from error
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


async def connect(host: str, port: int, timeout: float | None) -> LoopStream:
    """Open a connection; the addresses of a name race."""
    loop = asyncio.get_running_loop()
    is_address = ":" in host or host.replace(".", "").isdigit()
    # uvloop knows of no race, and one that is cancelled may leave a socket to the garbage collector.
    race: Any = {} if is_address or not isinstance(loop, asyncio.BaseEventLoop) else {"happy_eyeballs_delay": 0.25}
    try:
        async with asyncio.timeout(timeout):
            stream: LoopStream = (await loop.create_connection(LoopStream, host, port, **race))[1]
            return stream
    except OSError as error:
        raise _unconnected(error) from error


def _unconnected(error: OSError) -> Exception:
    return (httpcore.ConnectTimeout if isinstance(error, TimeoutError) else httpcore.ConnectError)(str(error))
