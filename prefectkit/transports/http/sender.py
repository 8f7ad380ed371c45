"""The connection pool of one process or event loop, and httpx's client on top of it for the requests that need it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import anyio
import anyio.lowlevel
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
        self._open: list[Any] = [self.pool]
        self._finalizer = _close_at_loop_end(self._open)
        self._token = anyio.lowlevel.current_token()

    async def settle(self) -> None:
        """Have the event loop close everything when it ends, unless `aclose` did."""
        await anext(self._finalizer)

    @property
    def is_over(self) -> bool:
        """Whether it is closed, or the event loop has ended."""
        is_closed = cast("Callable[[], bool] | None", getattr(self._token.native_token, "is_closed", None))
        return not self._open or (is_closed is not None and is_closed())

    async def send(self, request: HTTPRequest) -> httpcore.Response:
        """Send a request. Returns the response with its body unread."""
        outgoing = request.to_httpcore()
        if outgoing is not None:
            return await self.pool.handle_async_request(outgoing)
        if self._client is None:
            from prefectkit.transports.http.httpx_client import AsyncHttpxClient

            self._client = AsyncHttpxClient(self._options, self.pool)
            self._open.append(self._client)
        return await self._client.send(request)

    async def aclose(self) -> None:
        """Close the idle connections now, and the others when their responses are closed."""
        await self._finalizer.aclose()


async def _close_at_loop_end(resources: list[Any]) -> AsyncGenerator[None]:
    """asyncio and trio close their async generators when the event loop ends, while it can still close connections."""
    try:
        yield
    finally:
        with anyio.move_on_after(CLOSE_TIMEOUT, shield=True):
            while resources:
                await resources.pop().aclose()
