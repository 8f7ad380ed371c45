"""pyreqwest by hand: Rust's reqwest, which runs in threads of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from pyreqwest.client import ClientBuilder, SyncClientBuilder

from benchmarks.data import DEPLOYMENT_ID, PAGE, RUN_ID
from benchmarks.peers import Operations


@asynccontextmanager
async def awaited(url: str) -> AsyncGenerator[Operations]:
    """Its async client; returns parsed JSON."""
    async with ClientBuilder().http1_only().no_proxy().max_connections(16).error_for_status(True).build() as client:

        async def read() -> Any:
            response = await client.get(f"{url}/flow_runs/{RUN_ID}").build().send()
            return await response.json()

        async def page() -> Any:
            body = {"limit": PAGE, "offset": 0}
            response = await client.post(f"{url}/flow_runs/filter").body_json(body).build().send()
            return await response.json()

        async def create() -> Any:
            path = f"{url}/deployments/{DEPLOYMENT_ID}/create_flow_run"
            response = await client.post(path).body_json({}).build().send()
            return await response.json()

        yield {"read": read, "page": page, "create": create}


@contextmanager
def blocking(url: str) -> Generator[Operations]:
    """Its sync client; returns parsed JSON."""
    with SyncClientBuilder().http1_only().no_proxy().error_for_status(True).build() as client:

        def read() -> Any:
            return client.get(f"{url}/flow_runs/{RUN_ID}").build().send().json()

        yield {"read": read}
