"""Network streams for httpcore that keep the deadline of the attempt, and note when a request is sent."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from typing import Any, cast

import anyio
import anyio.lowlevel
import httpcore

from prefectkit.transports.http.name_resolution import resolve_host
from prefectkit.transports.http.step_timeout import StepTimeout

MAX_WRITE = 1 << 14  # bytes


def _remaining(timeout: float | None, timeout_error: type[httpcore.TimeoutException]) -> float | None:
    if not isinstance(timeout, StepTimeout):
        return timeout
    seconds = timeout.remaining()
    if seconds <= 0:
        raise timeout_error("the attempt exceeded its timeout")
    return seconds


def _before_write(buffer: bytes, timeout: float | None) -> float | None:
    """Note that a request is sent, if there is time left. Returns the seconds for the write."""
    if not isinstance(timeout, StepTimeout):
        return timeout
    attempt = timeout.attempt
    seconds = _remaining(timeout, httpcore.WriteTimeout if attempt.sent else httpcore.ConnectTimeout)
    # A CONNECT request to a proxy is not part of the request.
    attempt.sent = attempt.sent or not buffer.startswith(b"CONNECT ")
    return seconds


class Stream(httpcore.NetworkStream):
    """A network stream that ends every step at the deadline, so that slow progress cannot extend it."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        is_within_tls = isinstance(inner.get_extra_info("ssl_object"), ssl.SSLObject)
        self._socket: socket.socket | None = None if is_within_tls else inner.get_extra_info("socket")

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _remaining(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        if self._socket is None:
            for start in range(0, len(buffer), MAX_WRITE):
                self._inner.write(buffer[start : start + MAX_WRITE], _before_write(buffer, timeout))
            return
        # httpcore restarts the timeout with each part that a slow server reads, and copies the rest.
        unsent = memoryview(buffer)
        try:
            while unsent:
                self._socket.settimeout(_before_write(buffer, timeout))
                unsent = unsent[self._socket.send(unsent) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        connection = self._inner.get_extra_info("socket")
        try:
            # The standard library leaks the socket if it finds it reset before the handshake.
            connection.getpeername()
        except OSError as error:
            self.close()
            raise httpcore.ConnectError(str(error)) from error
        return Stream(self._inner.start_tls(ssl_context, server_hostname, _remaining(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Backend(httpcore.SyncBackend):
    """Opens connections for the sync client."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        # The standard library applies the timeout to each address of a name; here they share it.
        addresses = _resolve(host, port, timeout)
        while True:
            address = addresses.pop(0)
            seconds = _remaining(timeout, httpcore.ConnectTimeout)
            share = None if seconds is None else seconds / (len(addresses) + 1)
            try:
                return Stream(super().connect_tcp(address, port, share, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise


def _resolve(host: str, port: int, timeout: float | None) -> list[str]:
    try:
        # A copy: other threads may get the same list.
        return list(resolve_host(host, port, _remaining(timeout, httpcore.ConnectTimeout)))
    except socket.gaierror as error:
        raise httpcore.ConnectError(str(error)) from error
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from error


class AsyncStream(httpcore.AsyncNetworkStream):
    """A network stream that notes when a request is sent. The transport's cancel scope applies the deadline."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, _own_timeout(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            _before_write(buffer, timeout)
            await self._inner.write(buffer, _own_timeout(timeout))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, _own_timeout(timeout)))
        except BaseException:
            # httpcore leaks the socket of a cancelled handshake.
            with anyio.CancelScope(shield=True):
                await self._inner.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _own_timeout(timeout: float | None) -> float | None:
    """The timeout of a step, None if it is that of the attempt, which the transport's cancel scope applies."""
    return None if isinstance(timeout, StepTimeout) and timeout == timeout.attempt.timeout else timeout


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Opens connections for the async client."""

    def __init__(self) -> None:
        self._inner = cast(httpcore.AsyncNetworkBackend, httpcore.AnyIOBackend())

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        if hasattr(anyio.lowlevel.current_token().native_token, "create_connection"):
            # A sync client does without asyncio.
            from prefectkit.transports.http.asyncio_stream import connect

            return AsyncStream(await connect(host, port, timeout))
        return AsyncStream(await self._inner.connect_tcp(host, port, timeout, local_address, socket_options))
