"""The sender for a sync client."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import Any

import httpcore
import httpx

from prefectkit.core.errors import ClientClosedError
from prefectkit.core.messages import Request, Response
from prefectkit.transports.http.connections import Connections
from prefectkit.transports.http.exchange import PASSED, Exchange, cause, head
from prefectkit.transports.http.network import Backend
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
        self._clients: dict[int, httpx.Client] = {}
        self._closed = False

    def send(self, request: Request) -> Response:
        """Send one request and read its answer.

        Raises:
            TransportError: No complete answer came; `phase` says how far the request came.
            ConfigError: The certificates to trust cannot be read.
        """
        exchange = Exchange(request, self._options)
        client = self._client()
        try:
            answer = client.send(client.build_request(**exchange.arguments()), stream=True)
        except PASSED:
            raise
        except Exception as error:
            raise exchange.failure(error) from cause(error)
        chunks = Chunks(answer, exchange)
        response = head(answer)
        if request.stream:
            response.chunks = chunks
            return response
        with closing(chunks):
            response.body = b"".join(chunks)
        return response

    def close(self) -> None:
        """Close every connection. Calling it again does nothing."""
        self._closed = True
        client = self._clients.pop(os.getpid(), None)
        if client is not None:
            client.close()

    def _client(self) -> httpx.Client:
        client = self._clients.get(os.getpid())
        if client is not None:
            return client
        if self._closed:
            raise ClientClosedError("the transport is closed: make a new one")
        # Several threads may get here; the clients that lose have opened nothing yet.
        return self._clients.setdefault(os.getpid(), self._build())

    def _build(self) -> httpx.Client:
        options = self._options
        transport = options.custom
        if transport is None or options.proxy is not None:
            arguments = options.pool(self._base_url)
            transport = Connections(
                lambda: httpcore.ConnectionPool(network_backend=Backend(), **arguments), options.limits
            )
        return httpx.Client(transport=transport, mounts=options.mounts, **options.client)


class Chunks(Iterator[bytes]):
    """The body of an answer as it comes."""

    def __init__(self, answer: httpx.Response, exchange: Exchange) -> None:
        self._answer = answer
        self._exchange = exchange
        self._pieces = self._read()

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Let the connection go; one whose body was not read to the end is closed."""
        self._pieces.close()
        self._answer.close()

    def _read(self) -> Generator[bytes]:
        answer = self._answer
        try:
            if answer.is_stream_consumed:
                # A test double's answer comes whole, and a hook may have read one.
                yield answer.content
                return
            body = self._exchange.body(answer)
            for data in answer.iter_raw():
                yield from body.feed(data)
                if self._exchange.attempt.left() <= 0:
                    raise self._exchange.late()
            body.finish()
        except PASSED:
            raise
        except Exception as error:
            raise self._exchange.failure(error) from cause(error)
        finally:
            answer.close()
