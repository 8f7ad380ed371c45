"""One request and its answer, on a connection of their own."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus

from aiohttp import ServerDisconnectedError
from aiohttp.connector import Connection

from prefectkit.core.errors import PrefectKitError, TransportError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.aiohttp.failures import translate
from prefectkit.transports.aiohttp.home import Home
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.body import Body
from prefectkit.transports.wire.failures import broken, late
from prefectkit.transports.wire.fields import fields
from prefectkit.transports.wire.settings import FAILED

LONGEST_FIELD = 1 << 15
"""Bytes of a header; aiohttp takes 128 of them."""


class Exchange:
    """Whoever makes one ends it.

    Attributes:
        attempt: The time, and how far the request came.
    """

    def __init__(self, request: Request, home: Home, most: int) -> None:
        self._request = request
        self._home = home
        self._most = None if request.stream else most
        self.attempt = Attempt(request.timeout, sent=False)
        self._route = home.route(request.base_url)
        self._connection: Connection | None = None
        self._is_good = False

    async def head(self) -> Response:
        """Send the request, and read the answer up to its body."""
        request, attempt = self._request, self.attempt
        head = self._route.head(request)
        connection = self._connection = await self._home.take(self._route, attempt)
        protocol, transport = connection.protocol, connection.transport
        if attempt.left() <= 0:
            raise late(self._route.where, attempt)
        if protocol is None or transport is None:
            raise ServerDisconnectedError
        protocol.set_response_params(
            skip_payload=request.method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,
            max_line_size=LONGEST_FIELD,
            max_field_size=LONGEST_FIELD,
        )
        attempt.sent = True
        transport.write(head + request.body)
        message, payload = await protocol.read()
        while 100 <= message.code < 200 and message.code != HTTPStatus.SWITCHING_PROTOCOLS:
            message, payload = await protocol.read()
        if message.code < 200:
            raise broken(self._route.where, f"{message.code} is no status of an answer")
        response = Response(message.code, fields(message.raw_headers))
        self._failed = message.code >= FAILED
        self._payload = payload
        self._body = Body(response.headers, self._most)
        self._pieces: Iterator[bytes] = iter(())
        return response

    async def piece(self) -> bytes | None:
        """The next piece of the body, None at its end and after it."""
        if self._connection is None:
            return None
        while (piece := next(self._pieces, None)) is None:
            if self._payload.at_eof():
                self._body.finish()
                self._is_good = not self._failed
                return None
            self._pieces = self._body.feed(await self._payload.readany())
        return piece

    def failure(self, error: Exception) -> TransportError:
        """The error for what aiohttp raised, or for a deadline that has passed."""
        return translate(error, self._route, self.attempt)

    def end(self) -> None:
        """Let the connection go; one whose answer was not read to the end is closed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._home.give(self._route, connection, is_good=self._is_good)


class Chunks(AsyncIterator[bytes]):
    """The body of a response as it arrives."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def __anext__(self) -> bytes:
        exchange = self._exchange
        left = exchange.attempt.left()
        piece: bytes | None = None
        try:
            async with asyncio.timeout(None if left == math.inf else left):
                piece = await exchange.piece()
        except PrefectKitError:
            raise
        except Exception as error:
            raise exchange.failure(error) from error
        finally:
            if piece is None:
                exchange.end()
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        """Let the connection go; one whose answer was not read to the end is closed."""
        self._exchange.end()
