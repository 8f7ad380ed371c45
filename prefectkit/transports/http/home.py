"""What a sender keeps: its connections, and httpx's client over them for the requests that need it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import anyio
import anyio.lowlevel
import httpcore

from prefectkit.transports.http.connections import CLOSING, AsyncConnections, Connections
from prefectkit.transports.http.exchange import Exchange
from prefectkit.transports.http.network import AsyncBackend, Backend
from prefectkit.transports.http.options import Options
from prefectkit.transports.http.unlocked import Pool

# Importing httpx takes 30 ms, and most programs do without it.
if TYPE_CHECKING:
    from prefectkit.transports.http.clients import AsyncClient, Client


class Home:
    """What a sync sender keeps for one process."""

    def __init__(self, options: Options, base_url: str) -> None:
        # At the first request: a custom transport needs no certificates.
        arguments = cache(lambda: options.pool(base_url))
        self.connections = Connections(lambda: Pool(network_backend=Backend(), **arguments()), options.limits)
        self._options = options
        self._clients: dict[str, Client] = {}

    def send(self, exchange: Exchange) -> httpcore.Response:
        """The answer, with its body still to come."""
        outgoing = exchange.plain()
        if outgoing is not None:
            return self.connections.handle_request(outgoing)
        client = self._clients.get("client")
        if client is None:
            from prefectkit.transports.http.clients import Client

            # Several threads may get here, and a signal handler of this one; those that lose have sent nothing yet.
            client = self._clients.setdefault("client", Client(self._options, self.connections))
        return client.send(exchange)

    def close(self) -> None:
        """Close the idle connections now, and the others when their answers are closed."""
        for client in list(self._clients.values()):
            client.close()
        self.connections.close()


class AsyncHome:
    """What an async sender keeps for one event loop."""

    def __init__(self, options: Options, base_url: str) -> None:
        arguments = cache(lambda: options.pool(base_url))
        self.connections = AsyncConnections(
            lambda: httpcore.AsyncConnectionPool(network_backend=AsyncBackend(), **arguments()), options.limits
        )
        self._options = options
        self._client: AsyncClient | None = None
        self._open: list[Any] = [self.connections]
        self._keeper = _keep(self._open)
        self._token = anyio.lowlevel.current_token()

    async def settle(self) -> None:
        """Have the event loop close what is open at its end, if nobody does before."""
        await anext(self._keeper)

    @property
    def is_over(self) -> bool:
        """Whether it was closed, or the event loop has ended."""
        is_closed = cast("Callable[[], bool] | None", getattr(self._token.native_token, "is_closed", None))
        return not self._open or (is_closed is not None and is_closed())

    async def send(self, exchange: Exchange) -> httpcore.Response:
        """The answer, with its body still to come."""
        outgoing = exchange.plain()
        if outgoing is not None:
            return await self.connections.handle_async_request(outgoing)
        if self._client is None:
            from prefectkit.transports.http.clients import AsyncClient

            self._client = AsyncClient(self._options, self.connections)
            self._open.append(self._client)
        return await self._client.send(exchange)

    async def aclose(self) -> None:
        """Close the idle connections now, and the others when their answers are closed."""
        await self._keeper.aclose()


async def _keep(things: list[Any]) -> AsyncGenerator[None]:
    """Event loops of either kind finish their async generators when they end, while there is still time to close."""
    try:
        yield
    finally:
        with anyio.move_on_after(CLOSING, shield=True):
            while things:
                await things.pop().aclose()
