"""httpcore's sockets, with a look at the attempt before each step: has it any time left, has it sent anything."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from typing import Any, cast

import anyio
import anyio.lowlevel
import httpcore

from prefectkit.transports.http.lookup import addresses
from prefectkit.transports.http.step_timeout import Patience

PIECE = 1 << 14  # bytes


def _seconds(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    if not isinstance(timeout, Patience):
        return timeout
    seconds = timeout.left()
    if seconds <= 0:
        raise late("the time of the attempt is up")
    return seconds


def _leaving(buffer: bytes, timeout: float | None) -> float | None:
    """Note that a request leaves, if there is time for it. Returns the seconds for the step."""
    if not isinstance(timeout, Patience):
        return timeout
    attempt = timeout.attempt
    seconds = _seconds(timeout, httpcore.WriteTimeout if attempt.sent else httpcore.ConnectTimeout)
    # What asks a proxy for a tunnel is no part of the request.
    attempt.sent = attempt.sent or not buffer.startswith(b"CONNECT ")
    return seconds


class Stream(httpcore.NetworkStream):
    """A connection whose every step ends with the attempt, so that a drip cannot stretch it."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        is_within_tls = isinstance(inner.get_extra_info("ssl_object"), ssl.SSLObject)
        self._socket: socket.socket | None = None if is_within_tls else inner.get_extra_info("socket")

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _seconds(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:
            return
        if self._socket is None:
            for start in range(0, len(buffer), PIECE):
                self._inner.write(buffer[start : start + PIECE], _leaving(buffer, timeout))
            return
        # httpcore gives each part that a slow server takes the whole time, and copies what is left.
        left = memoryview(buffer)
        try:
            while left:
                self._socket.settimeout(_leaving(buffer, timeout))
                left = left[self._socket.send(left) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Stream(self._inner.start_tls(ssl_context, server_hostname, _seconds(timeout, httpcore.ConnectTimeout)))

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
        # The standard library gives each address of a name the whole time; here they share it.
        found = _lookup(host, port, timeout)
        while True:
            address = found.pop(0)
            seconds = _seconds(timeout, httpcore.ConnectTimeout)
            share = None if seconds is None else seconds / (len(found) + 1)
            try:
                return Stream(super().connect_tcp(address, port, share, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not found:
                    raise


def _lookup(host: str, port: int, timeout: float | None) -> list[str]:
    try:
        # A copy: other threads may be given the same list.
        return list(addresses(host, port, _seconds(timeout, httpcore.ConnectTimeout)))
    except socket.gaierror as error:
        raise httpcore.ConnectError(str(error)) from error
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from error


class AsyncStream(httpcore.AsyncNetworkStream):
    """A connection that notes when a request leaves. The sender's own scope ends what takes too long."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, _step(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            _leaving(buffer, timeout)
            await self._inner.write(buffer, _step(timeout))

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            return AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, _step(timeout)))
        except BaseException:
            # httpcore forgets the socket of a handshake that was cancelled.
            with anyio.CancelScope(shield=True):
                await self._inner.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _step(timeout: float | None) -> float | None:
    """The limit of a step of its own, None where the attempt's is all there is: the sender keeps that one."""
    return None if isinstance(timeout, Patience) and timeout == timeout.attempt.timeout else timeout


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
            # A sync client needs no asyncio.
            from prefectkit.transports.http.loopstream import connect

            return AsyncStream(await connect(host, port, timeout))
        return AsyncStream(await self._inner.connect_tcp(host, port, timeout, local_address, socket_options))
