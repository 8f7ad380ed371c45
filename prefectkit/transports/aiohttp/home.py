"""What the transport keeps for one event loop: the ways to its APIs, and the queue for their connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import anyio
from aiohttp import ClientTimeout, TCPConnector, ThreadedResolver
from aiohttp.connector import Connection

from prefectkit.transports.aiohttp.connections import discard
from prefectkit.transports.aiohttp.route import Route
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.settings import HTTPSettings

# The deadline of the attempt covers what aiohttp has limits for.
_NO_LIMIT = ClientTimeout(total=None)


class Home:
    """The connections of one event loop, each of them for one request at a time."""

    def __init__(self, settings: HTTPSettings, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._settings = settings
        self._dialer = TCPConnector(resolver=ThreadedResolver(), use_dns_cache=False, limit=0)
        most = settings.max_connections
        self._free = None if most is None else anyio.Semaphore(most)
        self._routes: dict[str, Route] = {}
        self._keeper = _keep(self._routes)

    async def settle(self) -> None:
        """Have the event loop close the connections at its end, if nobody does before."""
        await anext(self._keeper)

    @property
    def is_over(self) -> bool:
        """Whether the event loop has ended."""
        return self._loop.is_closed()

    def route(self, base_url: str) -> Route:
        """The way to an API."""
        route = self._routes.get(base_url)
        if route is None:
            route = self._routes[base_url] = Route(base_url, self._settings, self._loop)
        return route

    async def take(self, route: Route, attempt: Attempt) -> Connection:
        """A connection of one's own, to be given back."""
        if self._free is not None:
            try:
                self._free.acquire_nowait()
            except anyio.WouldBlock:
                attempt.queued = self._settings.max_connections
                await self._free.acquire()
                attempt.queued = None
        try:
            return route.idle.take() or await self._dialer.connect(route.dial, [], _NO_LIMIT)
        except BaseException:
            self._leave()
            raise

    def give(self, route: Route, connection: Connection, *, is_good: bool) -> None:
        """Take a connection back, to keep it if it is good."""
        try:
            if is_good:
                route.idle.give(connection)
            else:
                discard(connection)
        finally:
            self._leave()

    async def aclose(self) -> None:
        """Close the idle connections now, and the others when they are given back."""
        await self._keeper.aclose()

    def _leave(self) -> None:
        if self._free is not None:
            self._free.release()


async def _keep(routes: dict[str, Route]) -> AsyncGenerator[None]:
    """An event loop finishes its async generators when it ends, while there is still time to close."""
    try:
        yield
    finally:
        for route in routes.values():
            route.idle.close()
        # A socket is closed in the turn after.
        await asyncio.sleep(0)
