"""The sender for a sync client."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import Any

from prefectkit.core.errors import ClientClosedError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.http.exchange import PASSED, Exchange, head
from prefectkit.transports.http.failures import cause
from prefectkit.transports.http.home import Home
from prefectkit.transports.http.options import resolve
from prefectkit.transports.wire.settings import HTTPSettings


class HTTPTransport:
    """Sends over HTTP, from any thread.

    Args:
        base_url: The root of the API.
        httpx_settings: Keyword arguments of `httpx.Client`, for what the settings do not offer. Never changed.
        settings: Certificates, connections, limits.

    Raises:
        ConfigError: `httpx_settings` has a key or a value that cannot be used.
    """

    def __init__(
        self,
        *,
        base_url: str,
        httpx_settings: Mapping[str, Any] | None = None,
        settings: HTTPSettings | None = None,
    ) -> None:
        self._base_url = base_url
        self._options = resolve(base_url, httpx_settings, settings, sends="handle_request")
        # By process: a forked child must leave its parent's connections alone, and not even close them.
        self._homes: dict[int, Home] = {}
        self._closed = False

    def send(self, request: Request) -> Response:
        """Send one request and read its response.

        Args:
            request: The request to send.

        Raises:
            TransportError: No complete response arrived; `phase` says how far the request came.
            ConfigError: The certificates to trust cannot be read.
        """
        exchange = Exchange(request, self._options)
        home = self._homes.get(os.getpid()) or self._settle()
        try:
            answer = home.send(exchange)
        except PASSED:
            raise
        except Exception as error:
            raise exchange.failure(error) from cause(error)
        response = head(answer)
        chunks = Chunks(answer.stream, response.headers, exchange)
        if request.stream:
            response.chunks = chunks
            return response
        with closing(chunks):
            response.body = b"".join(chunks)
        return response

    def close(self) -> None:
        """Close every connection. Calling it again does nothing."""
        self._closed = True
        home = self._homes.pop(os.getpid(), None)
        if home is not None:
            home.close()

    def _settle(self) -> Home:
        if self._closed:
            raise ClientClosedError("the transport is closed: make a new one")
        # Several threads may get here; the homes that lose have opened nothing yet.
        return self._homes.setdefault(os.getpid(), Home(self._options, self._base_url))


class Chunks(Iterator[bytes]):
    """The body of a response as it arrives."""

    def __init__(self, stream: Any, headers: Mapping[str, str], exchange: Exchange) -> None:
        self._stream = stream
        # No method of this object, or the garbage collector alone would free a connection that is lost.
        self._pieces = _read(stream, headers, exchange)

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Let the connection go; one whose body was not read to the end is closed."""
        self._pieces.close()
        _let_go(self._stream)


def _read(stream: Any, headers: Mapping[str, str], exchange: Exchange) -> Generator[bytes]:
    try:
        body = exchange.body(headers)
        for data in stream:
            yield from body.feed(data)
            if exchange.attempt.left() <= 0:
                raise exchange.late()
        body.finish()
    except PASSED:
        raise
    except Exception as error:
        raise exchange.failure(error) from cause(error)
    finally:
        _let_go(stream)


def _let_go(stream: Any) -> None:
    # What is whole has nothing to close.
    if hasattr(stream, "close"):
        stream.close()
