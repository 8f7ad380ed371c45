"""httpx's own clients, for the requests that they add something to: hooks, auth, cookies, mounts, a URL to be quoted.

They send through the same connections as all other requests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import httpcore
import httpx

from prefectkit.transports.http.connections import AsyncConnections, Connections
from prefectkit.transports.http.exchange import Exchange, Whole, encoded
from prefectkit.transports.http.options import Options


class Client:
    """A sync one."""

    def __init__(self, options: Options, connections: Connections) -> None:
        transport = Transport(connections) if options.custom is None or options.proxy is not None else options.custom
        self._client = httpx.Client(transport=transport, mounts=options.mounts, **_arguments(options))

    def send(self, exchange: Exchange) -> httpcore.Response:
        """The answer as it comes over the wire, or whole where something has read it already."""
        answer = self._client.send(self._client.build_request(**_request(exchange)), stream=True)
        return _read(answer) if answer.is_stream_consumed else _received(answer, Raw(answer))

    def close(self) -> None:
        self._client.close()


class AsyncClient:
    """An async one: see `Client`."""

    def __init__(self, options: Options, connections: AsyncConnections) -> None:
        is_ours = options.custom is None or options.proxy is not None
        transport = AsyncTransport(connections) if is_ours else options.custom
        self._client = httpx.AsyncClient(transport=transport, mounts=options.mounts, **_arguments(options))

    async def send(self, exchange: Exchange) -> httpcore.Response:
        outgoing = self._client.build_request(**_request(exchange))
        outgoing.stream = AsyncBody(exchange.request.body)
        answer = await self._client.send(outgoing, stream=True)
        return _read(answer) if answer.is_stream_consumed else _received(answer, AsyncRaw(answer))

    async def aclose(self) -> None:
        await self._client.aclose()


class Transport(httpx.HTTPTransport):
    """httpx over connections of our making.

    httpx's own constructor takes no network backend, and builds a TLS context even for http://.
    """

    def __init__(self, connections: Connections) -> None:
        self._pool = cast(httpcore.ConnectionPool, connections)


class AsyncTransport(httpx.AsyncHTTPTransport):
    """See `Transport`."""

    def __init__(self, connections: AsyncConnections) -> None:
        self._pool = cast(httpcore.AsyncConnectionPool, connections)


class AsyncBody(Whole, httpx.AsyncByteStream):
    """The body of a request."""


class Raw:
    """The body of a response as it arrives over the wire."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_raw()

    def close(self) -> None:
        self._answer.close()


class AsyncRaw:
    """See `Raw`."""

    def __init__(self, answer: httpx.Response) -> None:
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._answer.aiter_raw()

    async def aclose(self) -> None:
        await self._answer.aclose()


def _arguments(options: Options) -> dict[str, Any]:
    headers = httpx.Headers(options.client.get("headers"))
    headers["accept-encoding"] = "gzip"
    return {**options.client, "headers": headers}


def _request(exchange: Exchange) -> dict[str, Any]:
    """The arguments of `httpx.Client.build_request`."""
    request = exchange.request
    return {
        "method": request.method,
        "url": request.url,
        "headers": encoded(request.headers),
        "content": request.body,
        "extensions": exchange.extensions(),
    }


def _received(answer: httpx.Response, stream: Any) -> httpcore.Response:
    return httpcore.Response(answer.status_code, headers=answer.headers.raw, content=stream)


def _read(answer: httpx.Response) -> httpcore.Response:
    """The answer of a test double, which comes whole, or one that a hook has read. httpx has unpacked it."""
    headers = [pair for pair in answer.headers.raw if pair[0].lower() != b"content-encoding"]
    return httpcore.Response(answer.status_code, headers=headers, content=Whole(answer.content))
