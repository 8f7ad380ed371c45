"""The official client, of `prefect` or `prefect-client`."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from prefect.client.orchestration import PrefectClient, SyncPrefectClient
from prefect.client.schemas.objects import FlowRun
from pydantic import TypeAdapter

from benchmarks.data import A_PAGE, DEPLOYMENT_ID, ONE_RUN, PAGE, RUN_ID
from benchmarks.peers import Operations


@contextmanager
def blocking(url: str, rows: int = 0) -> Generator[Operations]:
    """`SyncPrefectClient`."""
    with SyncPrefectClient(url) as client:

        def iterate() -> None:
            # It has no iterator: this is the loop that its users write.
            for offset in range(0, rows, PAGE):
                for _ in client.read_flow_runs(limit=PAGE, offset=offset):
                    pass

        yield {
            "read": lambda: client.read_flow_run(RUN_ID),
            "page": lambda: client.read_flow_runs(limit=PAGE),
            "create": lambda: client.create_flow_run_from_deployment(DEPLOYMENT_ID),
            "iterate": iterate,
        }


@asynccontextmanager
async def awaited(api: Any, rows: int = 0) -> AsyncGenerator[Operations]:
    """`PrefectClient`, of a URL or an ASGI app."""
    async with PrefectClient(api) as client:

        async def iterate() -> None:
            for offset in range(0, rows, PAGE):
                for _ in await client.read_flow_runs(limit=PAGE, offset=offset):
                    pass

        yield {
            "read": lambda: client.read_flow_run(RUN_ID),
            "page": lambda: client.read_flow_runs(limit=PAGE),
            "create": lambda: client.create_flow_run_from_deployment(DEPLOYMENT_ID),
            "iterate": iterate,
        }


@contextmanager
def fresh_blocking(url: str) -> Generator[Operations]:
    """A new `SyncPrefectClient` each time."""

    def construct() -> None:
        with SyncPrefectClient(url):
            pass

    def first() -> None:
        with SyncPrefectClient(url) as client:
            client.read_flow_run(RUN_ID)

    yield {"construct": construct, "first": first}


@asynccontextmanager
async def fresh_awaited(url: str) -> AsyncGenerator[Operations]:
    """A new `PrefectClient` each time."""

    async def construct() -> None:
        async with PrefectClient(url):
            pass

    async def first() -> None:
        async with PrefectClient(url) as client:
            await client.read_flow_run(RUN_ID)

    yield {"construct": construct, "first": first}


@contextmanager
def decoded() -> Generator[Operations]:
    """Its models: as its methods decode a response, and by the shorter way that pydantic has."""
    one, page = TypeAdapter(FlowRun), TypeAdapter(list[FlowRun])
    yield {
        "one": lambda: FlowRun.model_validate(json.loads(ONE_RUN)),
        "page": lambda: FlowRun.model_validate_list(json.loads(A_PAGE)),
        "one, validate_json": lambda: one.validate_json(ONE_RUN),
        "page, validate_json": lambda: page.validate_json(A_PAGE),
    }
