"""The sender for an async client, on asyncio and on trio."""

from __future__ import annotations

import math
import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

import anyio
import anyio.lowlevel
import httpx

from prefectkit.core.errors import ClientClosedError
from prefectkit.core.messages import Request, Response
from prefectkit.transports.http.connections import CLOSING
from prefectkit.transports.http.exchange import PASSED, Exchange, cause, head
from prefectkit.transports.http.home import Home
from prefectkit.transports.http.options import resolve
from prefectkit.transports.wire.settings import HTTPSettings

Key = tuple[int, anyio.lowlevel.EventLoopToken]


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
        self._base_url = base_url
        self._options = resolve(base_url, httpx_settings, settings, sends="handle_async_request")
        # By process and event loop: a connection works in no other, and cannot even be closed there.
        self._homes: dict[Key, Home] = {}
        self._closed = False

    async def send(self, request: Request) -> Response:
        """Send one request and read its answer.

        Raises:
            TransportError: No complete answer came; `phase` says how far the request came.
            ConfigError: The certificates to trust cannot be read.
        """
        exchange = Exchange(request, self._options)
        home = self._homes.get(_here()) or await self._settle()
        with anyio.move_on_after(request.timeout):
            try:
                outgoing = home.client.build_request(**exchange.arguments())
                outgoing.stream = Whole(request.body)
                answer = await home.client.send(outgoing, stream=True)
            except PASSED:
                raise
            except Exception as error:
                raise exchange.failure(error) from cause(error)
            chunks = AsyncChunks(answer, exchange)
            response = head(answer)
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
        self._closed = True
        pid, _ = here = _here()
        home = self._homes.pop(here, None)
        for key in [key for key in list(self._homes) if key[0] == pid]:
            self._homes.pop(key, None)
        if home is not None:
            await home.aclose()

    async def _settle(self) -> Home:
        """The client of an event loop, made at its first request. Forgets loops that have ended."""
        if self._closed:
            raise ClientClosedError("the transport is closed: make a new one")
        here = _here()
        for key, home in list(self._homes.items()):
            if key[0] == here[0] and home.is_over:
                self._homes.pop(key, None)
        home = self._homes[here] = Home(self._options, self._base_url)
        await home.settle()
        return home


class Whole(httpx.AsyncByteStream):
    """The body of a request. httpx's own is a generator, which trio complains of where a write fails."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._left: list[bytes] = []

    def __aiter__(self) -> Whole:
        self._left = [self._body]
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


class AsyncChunks(AsyncIterator[bytes]):
    """The body of an answer as it comes.

    Attributes:
        pieces: The same, for a caller who keeps the time.
    """

    def __init__(self, answer: httpx.Response, exchange: Exchange) -> None:
        self._answer = answer
        self._exchange = exchange
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
        answer = self._answer
        if answer.is_stream_consumed:
            # A test double's answer comes whole, and a hook may have read one.
            yield answer.content
            return
        raw = answer.aiter_raw()
        try:
            body = self._exchange.body(answer)
            async for data in raw:
                for piece in body.feed(data):
                    yield piece
            body.finish()
        except PASSED:
            raise
        except Exception as error:
            raise self._exchange.failure(error) from cause(error)
        finally:
            if not answer.is_closed:
                await self._break_off(raw)

    async def _break_off(self, raw: AsyncIterator[bytes]) -> None:
        await self._close()
        # httpx reads through generators within generators. With the connection closed each ends by an error, where
        # closing the outermost would leave the others to the garbage collector, which trio complains of.
        with suppress(Exception), anyio.move_on_after(CLOSING, shield=True) as scope:
            async for _ in raw:
                if anyio.current_time() > scope.deadline:
                    break

    async def _close(self) -> None:
        if not self._answer.is_closed:
            with anyio.move_on_after(CLOSING, shield=True):
                await self._answer.aclose()


def _here() -> Key:
    return os.getpid(), anyio.lowlevel.current_token()
