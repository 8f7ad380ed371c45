"""The HTTP transport of an async client, on asyncio and trio."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import anyio

from prefectkit.core.concurrency.loop_local import LoopLocal
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.http.connections import CLOSE_TIMEOUT
from prefectkit.transports.http.error_mapping import safe_cause
from prefectkit.transports.http.http_request import UNCHANGED_ERRORS, HTTPRequest, response_head
from prefectkit.transports.http.options import resolve
from prefectkit.transports.http.sender import AsyncSender
from prefectkit.transports.wire.settings import HTTPSettings


class AsyncHTTPTransport:
    """Sends requests over HTTP, from any task and any event loop.

    Args:
        base_url: The root of the API.
        httpx_settings: Keyword arguments of `httpx.AsyncClient`, for what `settings` does not offer. Not modified.
        settings: TLS, connections, limits.

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
        self._options = resolve(base_url, httpx_settings, settings, required_method="handle_async_request")
        self._senders = LoopLocal(partial(AsyncSender, self._options, base_url), AsyncSender.aclose)

    async def send(self, request: Request) -> Response:
        """Send one request and read its response.

        Args:
            request: The request to send.

        Raises:
            TransportError: No complete response arrived; `phase` says how far the request got.
            ConfigError: The certificates to trust cannot be read.
        """
        outgoing = HTTPRequest(request, self._options)
        sender = self._senders.get() or await self._senders.start()
        with anyio.move_on_after(request.timeout):
            try:
                received = await sender.send(outgoing)
            except UNCHANGED_ERRORS:
                raise
            except Exception as error:
                raise outgoing.error_for(error) from safe_cause(error)
            response = response_head(received)
            chunks = AsyncChunks(received.stream, response.headers, outgoing)
            if request.stream:
                response.chunks = chunks
                return response
            try:
                response.body = b"".join([chunk async for chunk in chunks.decoded])
            finally:
                await chunks.aclose()
            return response
        raise outgoing.timed_out()

    async def aclose(self) -> None:
        """Close the connections of this event loop; others close theirs. Calling it again does nothing."""
        await self._senders.aclose()


class AsyncChunks(AsyncIterator[bytes]):
    """The body of a response as it arrives.

    Attributes:
        decoded: The chunks without the timeout, for a caller that applies it to the whole body.
    """

    def __init__(self, stream: Any, headers: Mapping[str, str], request: HTTPRequest) -> None:
        self._stream = stream
        self._headers = headers
        self._request = request
        self._is_open = True
        self.decoded = self._decode()

    async def __anext__(self) -> bytes:
        seconds = self._request.attempt.remaining()
        with anyio.move_on_after(None if seconds == math.inf else seconds):
            return await anext(self.decoded)
        raise self._request.timed_out()

    async def aclose(self) -> None:
        """Release the connection. It is closed if the body was not read to the end."""
        await self.decoded.aclose()
        await self._close_in_time()

    async def _decode(self) -> AsyncGenerator[bytes]:
        raw = aiter(self._stream)
        is_complete = False
        try:
            decoder = self._request.body_decoder(self._headers)
            async for data in raw:
                for chunk in decoder.feed(data):
                    yield chunk
            is_complete = True
            # httpcore releases it at once, even when cancelled.
            await self._close()
            decoder.finish()
        except UNCHANGED_ERRORS:
            raise
        except Exception as error:
            raise self._request.error_for(error) from safe_cause(error)
        finally:
            if not is_complete:
                await self._close_in_time()
                await self._exhaust(raw)

    async def _exhaust(self, raw: AsyncIterator[bytes]) -> None:
        # httpcore and httpx read through nested generators. With the connection closed each of them ends by an error;
        # closing the outermost would leave the others to the garbage collector, about which trio complains.
        with suppress(Exception), anyio.move_on_after(CLOSE_TIMEOUT, shield=True) as scope:
            async for _ in raw:
                if anyio.current_time() > scope.deadline:
                    break

    async def _close_in_time(self) -> None:
        if self._is_open:
            with anyio.move_on_after(CLOSE_TIMEOUT, shield=True):
                await self._close()

    async def _close(self) -> None:
        self._is_open = False
        # A `BytesBody` has nothing to close.
        if hasattr(self._stream, "aclose"):
            await self._stream.aclose()
