"""The connection pool of one process or event loop, and httpx's client on top of it for the requests that need it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import anyio
import httpcore

from prefectkit.transports.http.connections import CLOSE_TIMEOUT, AsyncConnectionPool, ConnectionPool
from prefectkit.transports.http.http_request import HTTPRequest
from prefectkit.transports.http.lock_free import LockFreePool
from prefectkit.transports.http.network import AsyncBackend, Backend
from prefectkit.transports.http.options import Options

# Importing httpx takes 30 ms, and most programs do not need it.
if TYPE_CHECKING:
    from prefectkit.transports.http.httpx_client import AsyncHttpxClient, HttpxClient


class Sender:
    """Sends the requests of a sync transport in one process."""

    def __init__(self, options: Options, base_url: str) -> None:
        # Computed at the first request: a custom transport needs no certificates.
        arguments = cache(lambda: options.pool(base_url))
        self.pool = ConnectionPool(lambda: LockFreePool(network_backend=Backend(), **arguments()), options.limits)
        self._options = options
        self._clients: dict[str, HttpxClient] = {}

    def send(self, request: HTTPRequest) -> httpcore.Response:
        """Send a request. Returns the response with its body unread."""
        outgoing = request.to_httpcore()
        if outgoing is not None:
            return self.pool.handle_request(outgoing)
        client = self._clients.get("client")
        if client is None:
            from prefectkit.transports.http.httpx_client import HttpxClient

            # Several threads, or a signal handler of this one, may do this at once: the first client stays, and the
            # others have opened nothing.
            client = self._clients.setdefault("client", HttpxClient(self._options, self.pool))
        return client.send(request)

    def close(self) -> None:
        """Close the idle connections now, and the others when their responses are closed."""
        for client in list(self._clients.values()):
            client.close()
        self.pool.close()


class AsyncSender:
    """Sends the requests of an async transport in one event loop."""

    def __init__(self, options: Options, base_url: str) -> None:
        arguments = cache(lambda: options.pool(base_url))
        self.pool = AsyncConnectionPool(
            lambda: httpcore.AsyncConnectionPool(network_backend=AsyncBackend(), **arguments()), options.limits
        )
        self._options = options
        self._client: AsyncHttpxClient | None = None

    async def send(self, request: HTTPRequest) -> httpcore.Response:
        """Send a request. Returns the response with its body unread."""
        outgoing = request.to_httpcore()
        if outgoing is not None:
            return await self.pool.handle_async_request(outgoing)
        if self._client is None:
            from prefectkit.transports.http.httpx_client import AsyncHttpxClient

            self._client = AsyncHttpxClient(self._options, self.pool)
        return await self._client.send(request)

    async def aclose(self) -> None:
        """Close the idle connections now, and the others when their responses are closed."""
        with anyio.move_on_after(CLOSE_TIMEOUT, shield=True):
            if self._client is not None:
                await self._client.aclose()
            await self.pool.aclose()
