"""What a transport holds in one event loop: a share in the app's life there, and its requests under way."""

from __future__ import annotations

import anyio

from prefectkit.core.http.messages import Request
from prefectkit.transports.asgi.eventloop import Loop
from prefectkit.transports.asgi.exchange import GRACE, Exchange
from prefectkit.transports.asgi.hosting import Hosting
from prefectkit.transports.asgi.lifespan import Lifespan, State
from prefectkit.transports.asgi.scope import http_scope

BACKGROUND_LIMIT = 5.0
"""Seconds that work after finished answers may still take when the transport closes."""


class Home:
    """One transport in one loop."""

    def __init__(self, hosting: Hosting, loop: Loop) -> None:
        self._hosting = hosting
        self._loop = loop
        self._lifespan = Lifespan.of(hosting, loop)
        self._exchanges: set[Exchange] = set()
        self._idle: anyio.Event | None = None

    @property
    def up(self) -> bool:
        """Whether the app takes requests."""
        return self._lifespan.state is State.UP

    @property
    def ended(self) -> bool:
        """Whether its loop has ended."""
        return self._loop.ended

    async def enter(self) -> None:
        """Wait until the app is up.

        Raises:
            ConnectError: It did not start.
        """
        while self._lifespan.ending:
            await self._lifespan.down()
            self._lifespan = Lifespan.of(self._hosting, self._loop)
        await self._lifespan.enter(self)

    def start(self, request: Request) -> Exchange:
        """Hand a request to the app, in a task of its own."""
        exchange = Exchange(
            self._hosting.app,
            http_scope(request, self._lifespan.shared),
            request.body,
            stream=request.stream,
            loop=self._loop,
            report=self._hosting.report,
            on_end=self._end,
        )
        self._exchanges.add(exchange)
        exchange.cancel = self._loop.spawn(exchange.run, self._hosting.context)
        return exchange

    async def close(self) -> None:
        """Let the app finish what it does after its answers, end the rest, and give up the share in its life."""
        try:
            for exchange in list(self._exchanges):
                exchange.abandon()
            await self._all_ended(BACKGROUND_LIMIT)
            for exchange in list(self._exchanges):
                exchange.cancel()
            await self._all_ended(GRACE)
        finally:
            self.drop()
        await self._lifespan.down()

    def drop(self) -> None:
        """End everything without waiting for it."""
        for exchange in list(self._exchanges):
            exchange.abandon()
            exchange.cancel()
        self._lifespan.leave(self)

    def drop_from_elsewhere(self) -> None:
        """`drop`, from another loop or thread."""
        self._loop.call_soon(self.drop)

    async def _all_ended(self, seconds: float) -> None:
        if self._exchanges:
            self._idle = anyio.Event()
            with anyio.move_on_after(seconds):
                await self._idle.wait()

    def _end(self, exchange: Exchange) -> None:
        self._exchanges.discard(exchange)
        if self._idle is not None and not self._exchanges:
            self._idle.set()
