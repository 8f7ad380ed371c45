"""aiohttp by hand."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from benchmarks.data import DEPLOYMENT_ID, PAGE, RUN_ID
from benchmarks.peers import Operations


@asynccontextmanager
async def awaited(url: str, rows: int = 0) -> AsyncGenerator[Operations]:
    """`aiohttp.ClientSession`; returns bytes, or as parsed JSON."""
    connector = aiohttp.TCPConnector(limit=16)
    async with aiohttp.ClientSession(connector=connector, raise_for_status=True) as session:

        async def bytes_() -> bytes:
            async with session.get(f"{url}/flow_runs/{RUN_ID}") as response:
                return await response.read()

        async def read() -> Any:
            async with session.get(f"{url}/flow_runs/{RUN_ID}") as response:
                return await response.json()

        async def page(offset: int = 0) -> Any:
            async with session.post(f"{url}/flow_runs/filter", json={"limit": PAGE, "offset": offset}) as response:
                return await response.json()

        async def create() -> Any:
            async with session.post(f"{url}/deployments/{DEPLOYMENT_ID}/create_flow_run", json={}) as response:
                return await response.json()

        async def iterate() -> None:
            for offset in range(0, rows, PAGE):
                for _ in await page(offset):
                    pass

        yield {"bytes": bytes_, "read": read, "page": page, "create": create, "iterate": iterate}


@asynccontextmanager
async def fresh_awaited(url: str) -> AsyncGenerator[Operations]:
    """A new `aiohttp.ClientSession` each time."""

    async def construct() -> None:
        await aiohttp.ClientSession().close()

    async def first() -> None:
        async with aiohttp.ClientSession() as session, session.get(f"{url}/flow_runs/{RUN_ID}") as response:
            await response.json()

    yield {"construct": construct, "first": first}
