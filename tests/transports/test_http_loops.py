"""The async transport with several event loops: in sequence, at once, and closed without cleanup."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
import trio

from prefectkit.core.errors import ClientClosedError
from prefectkit.core.http.messages import Request
from prefectkit.transports.http import AsyncHTTPTransport
from tests.faults import FaultServer
from tests.transports.http_senders import (
    ASYNC_KINDS,
    ON_ASYNCIO,
    SYNC_KINDS,
    async_transport,
    eventually,
    run_async,
    sockets,
    sync_transport,
)

# Kinds of event loop, as a transport meets them one after the other.
PAIRS = [
    ("asyncio", "asyncio"), ("asyncio", "trio"), ("trio", "asyncio"), ("trio", "trio"), ("aiohttp", "aiohttp"),
    ("asyncio+httpx", "trio+httpx"), ("trio+httpx", "asyncio+httpx"),
]  # fmt: skip


@pytest.fixture(scope="module")
def faults() -> Iterator[FaultServer]:
    with FaultServer() as faults:
        yield faults


def request(faults: FaultServer, path: str = "/echo", **options: Any) -> Request:
    return Request("GET", faults.url, path, timeout=5, **options)


def per_loop(transport: Any) -> Any:
    """What an async transport keeps for each event loop."""
    return (transport._senders if isinstance(transport, AsyncHTTPTransport) else transport._pools)._values


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_one_loop_after_the_other(faults: FaultServer, first: str, second: str) -> None:
    before = sockets()
    transport = async_transport(first, faults.url)

    async def main() -> int:
        return (await transport.send(request(faults))).status

    assert run_async(first, main) == 200
    assert run_async(second, main) == 200
    assert len(per_loop(transport)) == 1
    assert eventually(lambda: sockets() <= before)


# asyncio complains of what a loop left open that was closed without `shutdown_asyncgens`, which `asyncio.run` calls.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", ON_ASYNCIO)
def test_a_loop_closed_without_cleanup(faults: FaultServer, kind: str) -> None:
    before = sockets()
    transport = async_transport(kind, faults.url)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(transport.send(request(faults)))
    loop.close()
    assert asyncio.run(transport.send(request(faults))).status == 200
    assert len(per_loop(transport)) == 1
    del loop
    gc.collect()
    assert eventually(lambda: sockets() <= before)


async def closed(transport: Any) -> None:
    await transport.aclose()


@pytest.mark.parametrize("kinds", [("asyncio", "trio"), ("asyncio+httpx", "trio+httpx"), ("aiohttp", "aiohttp")])
def test_many_loops_at_once(faults: FaultServer, kinds: tuple[str, str]) -> None:
    before = sockets()
    transport = async_transport(kinds[0], faults.url)
    statuses: list[int] = []

    async def main() -> None:
        async def one() -> None:
            statuses.append((await transport.send(request(faults, "/slow"))).status)

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(one)

    def work(name: int) -> None:
        for kind in (kinds * 2)[name % 2 :][:4]:
            run_async(kind, main)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * len(statuses) and len(statuses) == (4 * 2 + 3 * 2) * 5
    assert eventually(lambda: sockets() <= before)
    asyncio.run(closed(transport))
    assert not per_loop(transport)


@pytest.mark.parametrize("kind", ON_ASYNCIO)
def test_closing_lets_another_live_loop_close_its_own(faults: FaultServer, kind: str) -> None:
    transport = async_transport(kind, faults.url)
    before = sockets()
    ready, go_on = threading.Event(), threading.Event()

    async def other() -> None:
        await transport.send(request(faults))
        ready.set()
        await asyncio.to_thread(go_on.wait, 10)

    thread = threading.Thread(target=asyncio.run, args=(other(),))
    thread.start()
    ready.wait(10)
    asyncio.run(closed(transport))
    # Nothing is left but the thread's own pair of sockets, with which others wake its loop.
    assert eventually(lambda: sockets() <= before + 2)
    go_on.set()
    thread.join()


@pytest.mark.parametrize("kind", ASYNC_KINDS)
def test_closing_twice_and_at_once(faults: FaultServer, kind: str) -> None:
    async def main() -> None:
        transport = async_transport(kind, faults.url)
        await transport.send(request(faults))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(transport.aclose)
            tasks.start_soon(transport.aclose)
        await transport.aclose()
        with pytest.raises(ClientClosedError):
            await transport.send(request(faults))

    run_async(kind, main)


@pytest.mark.parametrize("kind", ASYNC_KINDS)
def test_closing_during_a_request(faults: FaultServer, kind: str) -> None:
    async def main() -> int:
        transport = async_transport(kind, faults.url)
        await transport.send(request(faults))
        response = await transport.send(request(faults, stream=True))
        await transport.aclose()
        body = b"".join([chunk async for chunk in response.chunks])
        await response.chunks.aclose()
        return len(body)

    before = sockets()
    assert run_async(kind, main) > 0
    assert eventually(lambda: sockets() <= before)


@pytest.mark.parametrize("kind", SYNC_KINDS)
def test_closing_a_sync_transport(faults: FaultServer, kind: str) -> None:
    before = sockets()
    transport = sync_transport(kind, faults.url)
    transport.close()
    with pytest.raises(ClientClosedError):
        transport.send(request(faults))
    transport = sync_transport(kind, faults.url)
    transport.send(request(faults))
    response = transport.send(request(faults, stream=True))
    transport.close()
    transport.close()
    assert b"".join(response.chunks)
    response.chunks.close()
    assert eventually(lambda: sockets() <= before)


@pytest.mark.parametrize("kind", ON_ASYNCIO)
def test_a_transport_that_nobody_closes(faults: FaultServer, kind: str) -> None:
    before = sockets()

    async def main() -> None:
        transport = async_transport(kind, faults.url)
        await transport.send(request(faults))
        gone = weakref.ref(transport)
        del transport
        gc.collect()
        assert gone() is None

    asyncio.run(main())
    assert eventually(lambda: sockets() <= before)


def test_no_import_of_asyncio_is_needed_for_trio(faults: FaultServer) -> None:
    async def main() -> int:
        transport = AsyncHTTPTransport(base_url=faults.url)
        try:
            return (await transport.send(request(faults))).status
        finally:
            await transport.aclose()

    assert trio.run(main) == 200
