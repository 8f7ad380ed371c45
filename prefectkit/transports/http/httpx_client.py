"""httpx's own clients, for the requests that need them: hooks, auth, cookies, mounts, a URL to percent-encode.

They use the same connection pool as all other requests.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import httpcore
import httpx

from prefectkit.transports.http.connections import AsyncConnectionPool, ConnectionPool
from prefectkit.transports.http.http_request import BytesBody, HTTPRequest, encode_headers
from prefectkit.transports.http.options import Options


class HttpxClient:
    """An `httpx.Client` over our connection pool, or over the caller's transport."""

    def __init__(self, options: Options, pool: ConnectionPool) -> None:
        transport = PooledTransport(pool) if options.custom is None or options.proxy is not None else options.custom
        self._client = httpx.Client(transport=transport, mounts=options.mounts, **_client_arguments(options))

    def send(self, request: HTTPRequest) -> httpcore.Response:
        """Send a request. The body of the response is unread, unless a hook or a mock has read it."""
        response = self._client.send(self._client.build_request(**_request_arguments(request)), stream=True)
        return _consumed(response) if response.is_stream_consumed else _unread(response, RawBody(response))

    def close(self) -> None:
        self._client.close()


class AsyncHttpxClient:
    """An `httpx.AsyncClient`: see `HttpxClient`."""

    def __init__(self, options: Options, pool: AsyncConnectionPool) -> None:
        is_ours = options.custom is None or options.proxy is not None
        transport = AsyncPooledTransport(pool) if is_ours else options.custom
        self._client = httpx.AsyncClient(transport=transport, mounts=options.mounts, **_client_arguments(options))

    async def send(self, request: HTTPRequest) -> httpcore.Response:
        outgoing = self._client.build_request(**_request_arguments(request))
        outgoing.stream = AsyncRequestBody(request.request.body)
        response = await self._client.send(outgoing, stream=True)
        return _consumed(response) if response.is_stream_consumed else _unread(response, AsyncRawBody(response))

    async def aclose(self) -> None:
        await self._client.aclose()


class PooledTransport(httpx.HTTPTransport):
    """An httpx transport over our connection pool.

    httpx's own constructor takes no network backend, and builds a TLS context even for http://.
    """

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = cast(httpcore.ConnectionPool, pool)


class AsyncPooledTransport(httpx.AsyncHTTPTransport):
    """See `PooledTransport`."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = cast(httpcore.AsyncConnectionPool, pool)


class AsyncRequestBody(BytesBody, httpx.AsyncByteStream):
    """The body of a request."""


class RawBody:
    """The body of a response as received, before decompression."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_raw()

    def close(self) -> None:
        self._response.close()


class AsyncRawBody:
    """See `RawBody`."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._response.aiter_raw()

    async def aclose(self) -> None:
        await self._response.aclose()


def _client_arguments(options: Options) -> dict[str, Any]:
    headers = httpx.Headers(options.client.get("headers"))
    headers["accept-encoding"] = "gzip"
    return {**options.client, "headers": headers}


def _request_arguments(outgoing: HTTPRequest) -> dict[str, Any]:
    """The arguments of `httpx.Client.build_request`."""
    request = outgoing.request
    return {
        "method": request.method,
        "url": request.url,
        "headers": encode_headers(request.headers),
        "content": request.body,
        "extensions": outgoing.extensions(),
    }


def _unread(response: httpx.Response, body: Any) -> httpcore.Response:
    return httpcore.Response(response.status_code, headers=response.headers.raw, content=body)


def _consumed(response: httpx.Response) -> httpcore.Response:
    """A response whose body a hook or a mock has read. httpx has decompressed it."""
    headers = [pair for pair in response.headers.raw if pair[0].lower() != b"content-encoding"]
    return httpcore.Response(response.status_code, headers=headers, content=BytesBody(response.content))
