"""The connection pool of one event loop: limits the open connections, queues requests when all are in use."""

from __future__ import annotations

import asyncio

import anyio
from aiohttp import ClientTimeout, TCPConnector, ThreadedResolver
from aiohttp.connector import Connection

from prefectkit.transports.aiohttp.destination import Destination
from prefectkit.transports.aiohttp.idle_connections import discard
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.settings import HTTPSettings

# The deadline of the attempt covers what aiohttp has timeouts for.
_NO_TIMEOUT = ClientTimeout(total=None)


class ConnectionPool:
    """The connection pool of one event loop. A connection serves one request at a time."""

    def __init__(self, settings: HTTPSettings, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._settings = settings
        self._connector = TCPConnector(resolver=ThreadedResolver(), use_dns_cache=False, limit=0)
        size = settings.max_connections
        self._free = None if size is None else anyio.Semaphore(size)
        self._destinations: dict[str, Destination] = {}

    def destination(self, base_url: str) -> Destination:
        """The destination for requests to an API."""
        destination = self._destinations.get(base_url)
        if destination is None:
            destination = self._destinations[base_url] = Destination(base_url, self._settings, self._loop)
        return destination

    async def acquire(self, destination: Destination, attempt: Attempt) -> Connection:
        """Take an idle connection, or open one. The caller has to release it."""
        if self._free is not None:
            try:
                self._free.acquire_nowait()
            except anyio.WouldBlock:
                attempt.queued = self._settings.max_connections
                await self._free.acquire()
                attempt.queued = None
        try:
            connection = destination.idle.acquire()
            return connection or await self._connector.connect(destination.connect_request, [], _NO_TIMEOUT)
        except BaseException:
            self._release_slot()
            raise

    def release(self, destination: Destination, connection: Connection, *, reusable: bool) -> None:
        """Give a connection back. It is closed if it is not reusable."""
        try:
            if reusable:
                destination.idle.release(connection)
            else:
                discard(connection)
        finally:
            self._release_slot()

    async def aclose(self) -> None:
        """Close the idle connections now, and the others when they are released."""
        for destination in self._destinations.values():
            destination.idle.close()
        # asyncio closes a socket in its next iteration.
        await asyncio.sleep(0)

    def _release_slot(self) -> None:
        if self._free is not None:
            self._free.release()
