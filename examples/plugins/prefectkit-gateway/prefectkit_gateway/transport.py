"""HTTP over a Unix socket, with the standard library: one connection for each request."""

from __future__ import annotations

import socket
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from threading import Timer
from urllib.parse import unquote, urlsplit

from anyio import to_thread

from prefectkit.errors import ConfigError, ConnectError, IncompleteResponse, TransportError, TransportTimeout
from prefectkit.plugins import Request, Response


class UnixTransport:
    """For `Prefect`.

    Args:
        url: `unix+http://%2Frun%2Fgateway.sock/api`.

    Raises:
        ConfigError: It names no socket.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = unquote(parts.netloc)
        self._root = parts.path
        if not self._path.startswith("/"):
            raise ConfigError(f"{url!r} names no socket: write 'unix+http://%2Frun%2Fgateway.sock/api'")

    def send(self, request: Request) -> Response:
        with closing(socket.socket(socket.AF_UNIX)) as sock:
            sock.settimeout(request.timeout)
            try:
                sock.connect(self._path)
            except OSError as error:
                # Nothing was sent, so that any request may be tried again.
                raise ConnectError(f"cannot connect to {self._path}: {error}") from error
            watch = _Watch(sock, request.timeout)
            try:
                return self._exchange(sock, request)
            except (OSError, HTTPException) as error:
                raise self._failure(error, watch.is_over) from error
            finally:
                watch.cancel()

    def _exchange(self, sock: socket.socket, request: Request) -> Response:
        with closing(HTTPConnection("localhost")) as connection:
            connection.sock = sock
            connection.request(request.method, self._root + request.target, request.body or None, request.headers)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Response(answer.status, headers, answer.read())

    def _failure(self, error: Exception, is_over: bool) -> TransportError:
        if is_over or isinstance(error, TimeoutError):
            return TransportTimeout(f"{self._path} has not answered in time")
        return IncompleteResponse(f"the answer of {self._path} broke off: {type(error).__name__}")

    def close(self) -> None:
        """Nothing to close: no connection outlives its request."""


class AsyncUnixTransport:
    """For `AsyncPrefect`, on asyncio and trio: the same in a thread, which a cancelled request leaves behind."""

    def __init__(self, url: str) -> None:
        self._blocking = UnixTransport(url)

    async def send(self, request: Request) -> Response:
        return await to_thread.run_sync(self._blocking.send, request, abandon_on_cancel=True)

    async def aclose(self) -> None:
        """Nothing to close: no connection outlives its request."""


class _Watch:
    """Cuts a connection off when the time is up: the timeout of a socket starts anew with every byte."""

    def __init__(self, sock: socket.socket, seconds: float | None) -> None:
        self._sock = sock
        self.is_over = False
        self._timer = Timer(seconds or 0, self._cut)
        if seconds is not None:
            self._timer.daemon = True
            self._timer.start()

    def _cut(self) -> None:
        self.is_over = True
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def cancel(self) -> None:
        self._timer.cancel()
