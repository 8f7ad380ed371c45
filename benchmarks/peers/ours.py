"""prefectkit over HTTP, as an application uses it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

from benchmarks.data import DEPLOYMENT_ID, RUN_ID
from benchmarks.peers import Missing, Operations
from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.http.messages import Request
from prefectkit.errors import ConfigError
from prefectkit.transports import AsyncASGITransport

T = TypeVar("T")


@contextmanager
def blocking(api: Any, transport: Any = None, rows: int = 0, prefetch: bool = False) -> Generator[Operations]:
    """`Prefect` of a URL or an ASGI app, with a transport by name."""
    with _available(lambda: Prefect(api, transport=transport)) as client:
        yield operations(client.with_options(prefetch=prefetch), rows)


@asynccontextmanager
async def awaited(api: Any, transport: Any = None, rows: int = 0, prefetch: bool = False) -> AsyncGenerator[Operations]:
    """`AsyncPrefect` of a URL or an ASGI app, with a transport by name."""
    async with _available(lambda: AsyncPrefect(api, transport=transport)) as client:
        yield async_operations(client.with_options(prefetch=prefetch), rows)


@contextmanager
def fresh_blocking(url: str, transport: Any = None) -> Generator[Operations]:
    """A new `Prefect` each time."""

    def first() -> None:
        with Prefect(url, transport=transport) as client:
            client.flow_runs.read(RUN_ID)

    yield {"construct": lambda: Prefect(url, transport=transport).close(), "first": first}


@asynccontextmanager
async def fresh_awaited(url: str, transport: Any = None) -> AsyncGenerator[Operations]:
    """A new `AsyncPrefect` each time."""

    async def construct() -> None:
        await AsyncPrefect(url, transport=transport).aclose()

    async def first() -> None:
        async with AsyncPrefect(url, transport=transport) as client:
            await client.flow_runs.read(RUN_ID)

    yield {"construct": construct, "first": first}


@asynccontextmanager
async def asgi_transport(app: Any) -> AsyncGenerator[Operations]:
    """`AsyncASGITransport` without a client."""
    transport = AsyncASGITransport(app)

    async def send() -> bytes:
        headers = {"accept": "application/json"}
        request = Request("GET", "http://app.test/api", f"/flow_runs/{RUN_ID}", headers=headers, timeout=60.0)
        return (await transport.send(request)).body

    yield {"bytes": send}
    await transport.aclose()


def operations(client: Prefect, rows: int = 0) -> Operations:
    """What a blocking client is asked for."""

    def iterate() -> None:
        for _ in client.flow_runs.iterate(limit=rows):
            pass

    return {
        "read": lambda: client.flow_runs.read(RUN_ID),
        "page": lambda: client.flow_runs.list(limit=200),
        "create": lambda: client.deployments.create_flow_run(DEPLOYMENT_ID),
        "iterate": iterate,
    }


def async_operations(client: AsyncPrefect, rows: int = 0) -> Operations:
    """What a client to await is asked for."""

    async def iterate() -> None:
        async for _ in client.flow_runs.iterate(limit=rows):
            pass

    return {
        "read": lambda: client.flow_runs.read(RUN_ID),
        "page": lambda: client.flow_runs.list(limit=200),
        "create": lambda: client.deployments.create_flow_run(DEPLOYMENT_ID),
        "iterate": iterate,
    }


def _available(make: Callable[[], T]) -> T:
    try:
        return make()
    except ConfigError as error:
        raise Missing(str(error)) from error
