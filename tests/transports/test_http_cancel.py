"""Cancelling requests at any moment: nothing is lost, and the next request works."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import anyio
import httpcore
import httpx
import pytest

from prefectkit.core.http.messages import Request
from prefectkit.transports.aiohttp import AiohttpTransport
from prefectkit.transports.http import AsyncHTTPTransport, HTTPSettings
from tests.faults import Connection, FaultServer
from tests.transports.http_senders import ASYNC_KINDS, ON_ASYNCIO, async_transport, eventually, run_async, sockets

MOST = 4


pytestmark = pytest.mark.usefixtures("quick_threads")


SETTINGS = HTTPSettings(max_connections=MOST, max_keepalive_connections=2)


def pool(transport: Any) -> tuple[anyio.Semaphore | None, list[Any]]:
    """The connection pool of the current event loop: its semaphore, and its idle connections."""
    if isinstance(transport, AiohttpTransport):
        (pool,) = transport._pools._values.values()
        (destination,) = pool._destinations.values()
        return pool._free, [connection for connection, _ in destination.idle._connections]
    (sender,) = transport._senders._values.values()
    found: Any = sender.pool
    return found._free, [inner for connection in found._idle._connections for inner in connection.connections]


def assert_nothing_is_lost(transport: Any) -> None:
    free, idle = pool(transport)
    assert free is not None and free.value == MOST
    assert len(idle) <= 2
    if isinstance(transport, AiohttpTransport):
        (of_loop,) = transport._pools._values.values()
        assert of_loop._connector._acquired == {connection.protocol for connection in idle}
    else:
        assert all(connection.is_idle() for connection in idle)


async def churn(send: Any, count: int) -> None:
    """Start requests, twice as many at once as there are connections, and cancel most of them at a random tick."""
    dice = random.Random(7)
    running: set[asyncio.Task[Any]] = set()
    cancelling: set[asyncio.Task[Any]] = set()

    async def cancel(task: asyncio.Task[Any], ticks: int) -> None:
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()

    for _ in range(count):
        task = asyncio.ensure_future(send())
        running.add(task)
        if dice.random() < 0.7:
            cancelling.add(asyncio.ensure_future(cancel(task, dice.randrange(60))))
        if len(running) >= 2 * MOST:
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.gather(*running, *cancelling, return_exceptions=True)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ON_ASYNCIO)
def test_churn(kind: str) -> None:
    async def main(url: str) -> None:
        transport = async_transport(kind, url, settings=SETTINGS)

        async def send() -> int:
            return (await transport.send(Request("GET", url, "/echo", timeout=10))).status

        await churn(send, 2000)
        assert_nothing_is_lost(transport)
        assert [await send() for _ in range(20)] == [200] * 20
        await transport.aclose()

    with FaultServer() as server:
        asyncio.run(main(server.url))


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_churn_kills_the_pool_of_httpcore() -> None:
    # Were it to survive, the connections of our own would be for nothing.
    async def main(url: str) -> None:
        async with httpx.AsyncClient(base_url=url, limits=httpx.Limits(max_connections=MOST), timeout=0.2) as client:
            with pytest.raises((httpx.PoolTimeout, TimeoutError)):
                async with asyncio.timeout(20):
                    for _ in range(30):
                        await churn(lambda: client.get("/echo"), 200)
                        await client.get("/echo")

    with FaultServer() as server:
        asyncio.run(main(server.url))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ON_ASYNCIO)
@pytest.mark.parametrize("path", ["/echo", "/packed", "/half-body"])
def test_cancelled_at_each_tick(kind: str, path: str) -> None:
    async def main(url: str) -> None:
        transport = async_transport(kind, url, settings=SETTINGS)
        await transport.send(Request("GET", url, "/echo", timeout=5))
        for together in (1, 2 * MOST):
            for ticks in range(50):
                requests = [Request("POST", url, path, body=b"{}", timeout=5) for _ in range(together)]
                tasks = [asyncio.ensure_future(transport.send(request)) for request in requests]
                for _ in range(ticks):
                    await asyncio.sleep(0)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                assert_nothing_is_lost(transport)
        assert (await transport.send(Request("GET", url, "/echo", timeout=5))).status == 200
        await transport.aclose()

    with FaultServer() as server:
        asyncio.run(main(server.url))


@pytest.mark.parametrize("kind", ASYNC_KINDS)
@pytest.mark.parametrize("path", ["/hang", "/hang-body", "/drip-headers"])
def test_cancelled_while_it_waits(kind: str, path: str) -> None:
    async def main(url: str) -> None:
        transport = async_transport(kind, url, settings=SETTINGS)

        async def send() -> None:
            await transport.send(Request("GET", url, path, timeout=5))

        for _ in range(3):
            # Half of them wait for the connections of the others.
            async with anyio.create_task_group() as tasks:
                for _ in range(2 * MOST):
                    tasks.start_soon(send)
                await anyio.sleep(0.05)
                tasks.cancel_scope.cancel()
            assert_nothing_is_lost(transport)
        assert (await transport.send(Request("GET", url, "/echo", timeout=5))).status == 200
        await transport.aclose()

    with FaultServer() as server:
        run_async(kind, main, server.url)


@pytest.mark.parametrize("kind", ASYNC_KINDS)
def test_a_stream_that_is_left_half_way(kind: str) -> None:
    async def main(url: str) -> None:
        transport = async_transport(kind, url, settings=SETTINGS)
        for _ in range(MOST + 1):
            response = await transport.send(Request("GET", url, "/endless-body", timeout=5, stream=True))
            chunks: Any = response.chunks
            assert await anext(chunks)
            await chunks.aclose()
        unread: Any = (await transport.send(Request("GET", url, "/endless-body", timeout=5, stream=True))).chunks
        await unread.aclose()
        assert_nothing_is_lost(transport)
        await transport.aclose()

    with FaultServer() as server:
        run_async(kind, main, server.url)


@pytest.mark.parametrize("kind", ON_ASYNCIO)
def test_a_cancelled_handshake_closes_its_socket(kind: str) -> None:
    async def main(url: str) -> None:
        transport = async_transport(kind, url, settings=HTTPSettings(verify=False))
        with anyio.move_on_after(0.1):
            await transport.send(Request("GET", url, "/echo", timeout=5))
        await transport.aclose()

    before = sockets()
    with FaultServer(on_connect=Connection.hang) as server:
        asyncio.run(main(server.url.replace("http:", "https:")))
    assert eventually(lambda: sockets() <= before)


@pytest.mark.parametrize("kind", ON_ASYNCIO)
def test_no_limit_of_connections(kind: str) -> None:
    async def main(url: str) -> list[int]:
        settings = HTTPSettings(max_connections=None, max_keepalive_connections=None)
        transport = async_transport(kind, url, settings=settings)
        statuses: list[int] = []

        async def send() -> None:
            statuses.append((await transport.send(Request("GET", url, "/slow", timeout=5))).status)

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(send)
        assert len(pool(transport)[1]) == 20
        await transport.aclose()
        return statuses

    with FaultServer() as server:
        assert asyncio.run(main(server.url)) == [200] * 20


@pytest.mark.parametrize("kind", ON_ASYNCIO)
def test_idle_connections_that_are_too_old_are_closed(kind: str) -> None:
    async def main(url: str) -> None:
        settings = HTTPSettings(keepalive_expiry=0.1)
        transport = async_transport(kind, url, settings=settings)

        async def send() -> None:
            await transport.send(Request("GET", url, "/slow", timeout=5))

        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(send)
        assert len(pool(transport)[1]) == 3
        await anyio.sleep(0.15)
        for _ in range(2):
            await send()
        assert len(pool(transport)[1]) == 1
        await transport.aclose()

    with FaultServer() as server:
        asyncio.run(main(server.url))


def test_the_pools_are_of_one_connection() -> None:
    transport = AsyncHTTPTransport(base_url="http://127.0.0.1:1")
    assert transport._options.pool("http://127.0.0.1:1")["max_connections"] == 1
    assert httpcore.AsyncConnectionPool(**transport._options.pool("http://127.0.0.1:1")).connections == []
