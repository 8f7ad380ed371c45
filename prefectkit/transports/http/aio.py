"""The sender for an async client, on asyncio and on trio."""

from __future__ import annotations

import math
import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel

from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.http.connections import CLOSING
from prefectkit.transports.http.exchange import PASSED, Exchange, head
from prefectkit.transports.http.failures import cause
from prefectkit.transports.http.home import AsyncHome
from prefectkit.transports.http.options import resolve
from prefectkit.transports.wire.homes import Homes
from prefectkit.transports.wire.settings import HTTPSettings


class AsyncHTTPTransport:
    """Sends over HTTP, from any task and any event loop.

    Args:
        base_url: The root of the API.
        httpx_settings: Keyword arguments of `httpx.AsyncClient`, for what the settings do not offer. Never changed.
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
        self._options = resolve(base_url, httpx_settings, settings, sends="handle_async_request")
        self._homes = Homes(partial(AsyncHome, self._options, base_url), _here)

    async def send(self, request: Request) -> Response:
        """Send one request and read its response.

        Args:
            request: The request to send.

        Raises:
            TransportError: No complete response arrived; `phase` says how far the request came.
            ConfigError: The certificates to trust cannot be read.
        """
        exchange = Exchange(request, self._options)
        home = self._homes.get(_here()) or await self._homes.settle()
        with anyio.move_on_after(request.timeout):
            try:
                answer = await home.send(exchange)
            except PASSED:
                raise
            except Exception as error:
                raise exchange.failure(error) from cause(error)
            response = head(answer)
            chunks = AsyncChunks(answer.stream, response.headers, exchange)
            if request.stream:
                response.chunks = chunks
                return response
            try:
                response.body = b"".join([piece async for piece in chunks.pieces])
            finally:
                await chunks.aclose()
            return response
        raise exchange.late()

    async def aclose(self) -> None:
        """Close the connections of this event loop; those of others close in theirs. Calling it again does nothing."""
        await self._homes.aclose()


class AsyncChunks(AsyncIterator[bytes]):
    """The body of a response as it arrives.

    Attributes:
        pieces: The same, for a caller who keeps the time.
    """

    def __init__(self, stream: Any, headers: Mapping[str, str], exchange: Exchange) -> None:
        self._stream = stream
        self._headers = headers
        self._exchange = exchange
        self._is_open = True
        self.pieces = self._read()

    async def __anext__(self) -> bytes:
        left = self._exchange.attempt.left()
        with anyio.move_on_after(None if left == math.inf else left):
            return await anext(self.pieces)
        raise self._exchange.late()

    async def aclose(self) -> None:
        """Let the connection go; one whose body was not read to the end is closed."""
        await self.pieces.aclose()
        await self._close()

    async def _read(self) -> AsyncGenerator[bytes]:
        raw = aiter(self._stream)
        is_whole = False
        try:
            body = self._exchange.body(self._headers)
            async for data in raw:
                for piece in body.feed(data):
                    yield piece
            is_whole = True
            # httpcore lets it go at once, whoever cancels.
            await self._let_go()
            body.finish()
        except PASSED:
            raise
        except Exception as error:
            raise self._exchange.failure(error) from cause(error)
        finally:
            if not is_whole:
                await self._close()
                await self._break_off(raw)

    async def _break_off(self, raw: AsyncIterator[bytes]) -> None:
        # httpcore and httpx read through generators within generators. With the connection closed each ends by an
        # error, where closing the outermost would leave the others to the garbage collector, which trio complains of.
        with suppress(Exception), anyio.move_on_after(CLOSING, shield=True) as scope:
            async for _ in raw:
                if anyio.current_time() > scope.deadline:
                    break

    async def _close(self) -> None:
        if self._is_open:
            with anyio.move_on_after(CLOSING, shield=True):
                await self._let_go()

    async def _let_go(self) -> None:
        self._is_open = False
        # What is whole has nothing to close.
        if hasattr(self._stream, "aclose"):
            await self._stream.aclose()


def _here() -> tuple[int, anyio.lowlevel.EventLoopToken]:
    return os.getpid(), anyio.lowlevel.current_token()
