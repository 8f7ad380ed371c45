"""The aiohttp transport of an async client, on asyncio."""

from __future__ import annotations

import asyncio
from functools import partial

from prefectkit.core.concurrency.loop_local import LoopLocal, running_loop
from prefectkit.core.errors import ConfigError, PrefectKitError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.aiohttp.aiohttp_request import AiohttpRequest, Chunks
from prefectkit.transports.aiohttp.connections import ConnectionPool
from prefectkit.transports.wire.settings import HTTPSettings


class AiohttpTransport:
    """Sends requests over HTTP with aiohttp, from any task and any event loop of asyncio.

    Args:
        base_url: The root of the API.
        settings: TLS, connections, limits.

    Raises:
        ConfigError: The settings ask for HTTP/2.
    """

    def __init__(self, *, base_url: str, settings: HTTPSettings | None = None) -> None:
        self._base_url = base_url
        self._settings = settings or HTTPSettings()
        if self._settings.http2:
            raise ConfigError(
                "aiohttp does not support HTTP/2: turn PREFECT_API_ENABLE_HTTP2 off, or leave transport='aiohttp' out"
            )
        self._pools = LoopLocal(partial(_create_pool, self._settings), ConnectionPool.aclose)

    async def send(self, request: Request) -> Response:
        """Send one request and read its response.

        Args:
            request: The request to send.

        Raises:
            TransportError: No complete response arrived; `phase` says how far the request got.
            ConfigError: The certificates to trust cannot be read, the proxy of the environment cannot be used, or the
                event loop is not asyncio's.
        """
        pool = self._pools.get() or await self._pools.start()
        outgoing = AiohttpRequest(request, pool, self._settings.max_body_bytes)
        is_streaming = False
        try:
            async with asyncio.timeout(request.timeout):
                response = await outgoing.send()
                if request.stream:
                    response.chunks = Chunks(outgoing)
                    is_streaming = True
                    return response
                chunks: list[bytes] = []
                while (chunk := await outgoing.read_chunk()) is not None:
                    chunks.append(chunk)
                response.body = b"".join(chunks)
                return response
        except PrefectKitError:
            raise
        except Exception as error:
            raise outgoing.error_for(error) from error
        finally:
            if not is_streaming:
                outgoing.close()

    async def aclose(self) -> None:
        """Close the connections of this event loop; others close theirs. Calling it again does nothing."""
        await self._pools.aclose()


def _create_pool(settings: HTTPSettings) -> ConnectionPool:
    loop = running_loop()
    if not isinstance(loop, asyncio.AbstractEventLoop):
        raise ConfigError("aiohttp runs on asyncio only: leave transport='aiohttp' out for another kind of event loop")
    return ConnectionPool(settings, loop)
