"""The sender: from any task and any event loop of asyncio."""

from __future__ import annotations

import asyncio
import os

from prefectkit.core.errors import ClientClosedError, ConfigError, PrefectKitError
from prefectkit.core.messages import Request, Response
from prefectkit.transports.aiohttp.exchange import Chunks, Exchange
from prefectkit.transports.aiohttp.home import Home
from prefectkit.transports.wire.settings import HTTPSettings

Key = tuple[int, asyncio.AbstractEventLoop | None]


class AiohttpTransport:
    """Sends over HTTP with aiohttp, from any task and any event loop of asyncio.

    Args:
        base_url: The root of the API.
        settings: Certificates, connections, limits.

    Raises:
        ConfigError: The settings ask for HTTP/2.
    """

    def __init__(self, *, base_url: str, settings: HTTPSettings | None = None) -> None:
        self._base_url = base_url
        self._settings = settings or HTTPSettings()
        if self._settings.http2:
            raise ConfigError(
                "aiohttp speaks no HTTP/2: turn PREFECT_API_ENABLE_HTTP2 off, or leave transport='aiohttp' out"
            )
        # By process and event loop: a connection works in no other, and cannot even be closed there.
        self._homes: dict[Key, Home] = {}
        self._closed = False

    async def send(self, request: Request) -> Response:
        """Send one request and read its answer.

        Raises:
            TransportError: No complete answer came; `phase` says how far the request came.
            ConfigError: The certificates to trust cannot be read, the proxy of the environment is of no use, or the
                event loop is not asyncio's.
        """
        home = self._homes.get(_here()) or await self._settle()
        exchange = Exchange(request, home, self._settings.max_body_bytes)
        is_over = True
        try:
            async with asyncio.timeout(request.timeout):
                response = await exchange.head()
                if request.stream:
                    response.chunks = Chunks(exchange)
                    is_over = False
                    return response
                pieces: list[bytes] = []
                while (piece := await exchange.piece()) is not None:
                    pieces.append(piece)
                response.body = b"".join(pieces)
                return response
        except PrefectKitError:
            raise
        except Exception as error:
            raise exchange.failure(error) from error
        finally:
            if is_over:
                exchange.end()

    async def aclose(self) -> None:
        """Close the connections of this event loop; those of others close in theirs. Calling it again does nothing."""
        self._closed = True
        pid, _ = here = _here()
        home = self._homes.pop(here, None)
        for key in [key for key in list(self._homes) if key[0] == pid]:
            self._homes.pop(key, None)
        if home is not None:
            await home.aclose()

    async def _settle(self) -> Home:
        """The connections of an event loop, made at its first request. Forgets loops that have ended."""
        if self._closed:
            raise ClientClosedError("the transport is closed: make a new one")
        pid, loop = here = _here()
        if loop is None:
            raise ConfigError(
                "aiohttp runs on asyncio only: leave transport='aiohttp' out for another kind of event loop"
            )
        for key, home in list(self._homes.items()):
            if key[0] == pid and home.is_over:
                self._homes.pop(key, None)
        home = self._homes[here] = Home(self._settings, loop)
        await home.settle()
        return home


def _here() -> Key:
    """The process, and its running loop of asyncio if there is one."""
    try:
        return os.getpid(), asyncio.get_running_loop()
    except RuntimeError:
        return os.getpid(), None
