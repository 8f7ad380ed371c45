"""httpx by hand, with the connections that both Prefect clients allow."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import httpx

from benchmarks.data import DEPLOYMENT_ID, PAGE, RUN_ID
from benchmarks.peers import Operations

READ: Final = f"/flow_runs/{RUN_ID}"
LIST: Final = "/flow_runs/filter"
CREATE: Final = f"/deployments/{DEPLOYMENT_ID}/create_flow_run"
LIMITS: Final = httpx.Limits(max_connections=16, max_keepalive_connections=8)
TIMEOUT: Final = 60.0


@contextmanager
def blocking(url: str, rows: int = 0) -> Generator[Operations]:
    """`httpx.Client`; returns bytes, or as parsed JSON."""
    with httpx.Client(base_url=url, limits=LIMITS, timeout=TIMEOUT) as client:

        def json(response: httpx.Response) -> Any:
            return response.raise_for_status().json()

        def iterate() -> None:
            for offset in range(0, rows, PAGE):
                for _ in json(client.post(LIST, json={"limit": PAGE, "offset": offset})):
                    pass

        yield {
            "bytes": lambda: client.get(READ).content,
            "read": lambda: json(client.get(READ)),
            "page": lambda: json(client.post(LIST, json={"limit": PAGE})),
            "create": lambda: json(client.post(CREATE, json={})),
            "iterate": iterate,
        }


@asynccontextmanager
async def awaited(url: str, rows: int = 0, app: Any = None) -> AsyncGenerator[Operations]:
    """`httpx.AsyncClient`, also of an ASGI app; returns bytes, or as parsed JSON."""
    transport = None if app is None else httpx.ASGITransport(app)
    async with httpx.AsyncClient(base_url=url, limits=LIMITS, timeout=TIMEOUT, transport=transport) as client:

        async def bytes_() -> bytes:
            return (await client.get(READ)).content

        async def read() -> Any:
            return (await client.get(READ)).raise_for_status().json()

        async def page(offset: int = 0) -> Any:
            response = await client.post(LIST, json={"limit": PAGE, "offset": offset})
            return response.raise_for_status().json()

        async def create() -> Any:
            return (await client.post(CREATE, json={})).raise_for_status().json()

        async def iterate() -> None:
            for offset in range(0, rows, PAGE):
                for _ in await page(offset):
                    pass

        yield {"bytes": bytes_, "read": read, "page": page, "create": create, "iterate": iterate}


@contextmanager
def fresh_blocking(url: str) -> Generator[Operations]:
    """A new `httpx.Client` each time."""

    def first() -> None:
        with httpx.Client(base_url=url) as client:
            client.get(READ).json()

    yield {"construct": lambda: httpx.Client(base_url=url).close(), "first": first}


@asynccontextmanager
async def fresh_awaited(url: str) -> AsyncGenerator[Operations]:
    """A new `httpx.AsyncClient` each time."""

    async def construct() -> None:
        await httpx.AsyncClient(base_url=url).aclose()

    async def first() -> None:
        async with httpx.AsyncClient(base_url=url) as client:
            (await client.get(READ)).json()

    yield {"construct": construct, "first": first}
