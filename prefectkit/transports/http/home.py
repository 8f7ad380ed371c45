"""What the async sender keeps for one event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import cast

import anyio
import anyio.lowlevel
import httpcore
import httpx

from prefectkit.transports.http.connections import CLOSING, AsyncConnections
from prefectkit.transports.http.network import AsyncBackend
from prefectkit.transports.http.options import Options


class Home:
    """The client of one event loop.

    Attributes:
        client: Sends.
    """

    def __init__(self, options: Options, base_url: str) -> None:
        transport = options.custom
        if transport is None or options.proxy is not None:
            arguments = options.pool(base_url)
            transport = AsyncConnections(
                lambda: httpcore.AsyncConnectionPool(network_backend=AsyncBackend(), **arguments), options.limits
            )
        self.client = httpx.AsyncClient(transport=transport, mounts=options.mounts, **options.client)
        self._keeper = _keep(self.client)
        self._token = anyio.lowlevel.current_token()

    async def settle(self) -> None:
        """Have the event loop close the client at its end, if nobody does before."""
        await anext(self._keeper)

    @property
    def is_over(self) -> bool:
        """Whether the event loop has ended."""
        is_closed = cast("Callable[[], bool] | None", getattr(self._token.native_token, "is_closed", None))
        return self.client.is_closed or (is_closed is not None and is_closed())

    async def aclose(self) -> None:
        await self._keeper.aclose()


async def _keep(client: httpx.AsyncClient) -> AsyncGenerator[None]:
    """Event loops of either kind finish their async generators when they end, while there is still time to close."""
    try:
        yield
    finally:
        with anyio.move_on_after(CLOSING, shield=True):
            await client.aclose()
