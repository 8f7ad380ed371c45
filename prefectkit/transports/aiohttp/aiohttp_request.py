"""One request over aiohttp and its response, on a connection of its own."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus

from aiohttp import ServerDisconnectedError
from aiohttp.connector import Connection

from prefectkit.core.errors import PrefectKitError, TransportError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.aiohttp.connections import ConnectionPool
from prefectkit.transports.aiohttp.error_mapping import to_transport_error
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.body_decoder import BodyDecoder
from prefectkit.transports.wire.errors import incomplete_response, timed_out
from prefectkit.transports.wire.headers import decode_headers
from prefectkit.transports.wire.settings import SERVER_ERROR

MAX_HEADER = 1 << 15
"""Bytes of one header; aiohttp allows 128 headers."""


class AiohttpRequest:
    """One request over aiohttp. `close` has to be called in the end.

    Attributes:
        attempt: The deadline, and whether the request was sent.
    """

    def __init__(self, request: Request, pool: ConnectionPool, max_body_bytes: int) -> None:
        self._request = request
        self._pool = pool
        self._max_body_bytes = None if request.stream else max_body_bytes
        self.attempt = Attempt(request.timeout, sent=False)
        self._destination = pool.destination(request.base_url)
        self._connection: Connection | None = None
        self._reusable = False

    async def send(self) -> Response:
        """Send the request. Returns the response without its body."""
        request, attempt = self._request, self.attempt
        head = self._destination.head(request)
        connection = self._connection = await self._pool.acquire(self._destination, attempt)
        protocol, transport = connection.protocol, connection.transport
        if attempt.remaining() <= 0:
            raise timed_out(self._destination.where, attempt)
        if protocol is None or transport is None:
            raise ServerDisconnectedError
        protocol.set_response_params(
            skip_payload=request.method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
        )
        attempt.sent = True
        transport.write(head + request.body)
        message, payload = await protocol.read()
        while 100 <= message.code < 200 and message.code != HTTPStatus.SWITCHING_PROTOCOLS:
            message, payload = await protocol.read()
        if message.code < 200:
            raise incomplete_response(self._destination.where, f"{message.code} is not the status of a response")
        response = Response(message.code, decode_headers(message.raw_headers))
        self._is_server_error = message.code >= SERVER_ERROR
        self._payload = payload
        self._decoder = BodyDecoder(response.headers, self._max_body_bytes)
        self._chunks: Iterator[bytes] = iter(())
        return response

    async def read_chunk(self) -> bytes | None:
        """The next chunk of the body, None at its end and after it."""
        if self._connection is None:
            return None
        while (chunk := next(self._chunks, None)) is None:
            if self._payload.at_eof():
                self._decoder.finish()
                self._reusable = not self._is_server_error
                return None
            self._chunks = self._decoder.feed(await self._payload.readany())
        return chunk

    def error_for(self, error: Exception) -> TransportError:
        """The error to raise for an exception of aiohttp, or for a timeout."""
        return to_transport_error(error, self._destination, self.attempt)

    def close(self) -> None:
        """Release the connection. It is closed if the body was not read to the end."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._pool.release(self._destination, connection, reusable=self._reusable)


class Chunks(AsyncIterator[bytes]):
    """The body of a response as it arrives."""

    def __init__(self, request: AiohttpRequest) -> None:
        self._request = request

    async def __anext__(self) -> bytes:
        request = self._request
        seconds = request.attempt.remaining()
        chunk: bytes | None = None
        try:
            async with asyncio.timeout(None if seconds == math.inf else seconds):
                chunk = await request.read_chunk()
        except PrefectKitError:
            raise
        except Exception as error:
            raise request.error_for(error) from error
        finally:
            if chunk is None:
                request.close()
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Release the connection. It is closed if the body was not read to the end."""
        self._request.close()
