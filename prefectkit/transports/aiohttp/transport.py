"""The sender: from any task and any event loop of asyncio."""

from __future__ import annotations

import asyncio
import os
from functools import partial

from prefectkit.core.errors import ConfigError, PrefectKitError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.aiohttp.exchange import Chunks, Exchange
from prefectkit.transports.aiohttp.home import Home
from prefectkit.transports.wire.homes import Homes
from prefectkit.transports.wire.settings import HTTPSettings


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
        self._homes = Homes(partial(_home, self._settings), _here)

    async def send(self, request: Request) -> Response:
        """Send one request and read its response.

        Args:
            request: The request to send.

        Raises:
            TransportError: No complete response arrived; `phase` says how far the request came.
            ConfigError: The certificates to trust cannot be read, the proxy of the environment is of no use, or the
                event loop is not asyncio's.
        """
        home = self._homes.get(_here()) or await self._homes.settle()
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
        await self._homes.aclose()


def _home(settings: HTTPSettings) -> Home:
    _, loop = _here()
    if loop is None:
        raise ConfigError("aiohttp runs on asyncio only: leave transport='aiohttp' out for another kind of event loop")
    return Home(settings, loop)


def _here() -> tuple[int, asyncio.AbstractEventLoop | None]:
    """The process, and its running loop of asyncio if there is one."""
    try:
        return os.getpid(), asyncio.get_running_loop()
    except RuntimeError:
        return os.getpid(), None
