"""Shared by the reliability tests: their sizes, and an async view of any kind of client."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio

from prefectkit import AsyncPrefect, Prefect
from prefectkit.transports.aiohttp import AiohttpTransport
from prefectkit.transports.http import AsyncHTTPTransport, HTTPSettings, HTTPTransport
from tests.surfaces import Awaited

SURFACES = ("sync", "asyncio", "trio")
TRANSPORTS: dict[str, Any] = {"sync": HTTPTransport, "aiohttp": AiohttpTransport}
"""Those that are not the usual one of an async client."""

SOAK = bool(os.environ.get("SOAK"))
"""`make soak` sets it."""


def size(quick: int, full: int) -> int:
    """How many: few with the other tests, many by `make soak`."""
    return full if SOAK else quick


@asynccontextmanager
async def without_waiting(client: Any) -> AsyncIterator[Awaited]:
    """A client to await, until its end, that waits between two attempts only where the server asks for it."""
    client._engine._random = _at_once
    try:
        yield Awaited(client)
    finally:
        if isinstance(client, Prefect):
            client.close()
        else:
            await client.aclose()


def client_of(
    surface: str, url: str, *, settings: HTTPSettings | None = None, **arguments: Any
) -> AbstractAsyncContextManager[Awaited]:
    """Such a client over HTTP."""
    transport = TRANSPORTS.get(surface, AsyncHTTPTransport)(base_url=url, settings=settings)
    kind: Any = Prefect if surface == "sync" else AsyncPrefect
    return without_waiting(kind(url, transport=transport, **arguments))


def with_options(client: Awaited, **options: Any) -> Awaited:
    """The same client with other options, which does not wait either."""
    other = client.target.with_options(**options)
    other._engine._random = _at_once
    return Awaited(other)


def _at_once(low: float, high: float) -> float:
    return low


def run(surface: str, main: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
    """Run in the event loop of a surface; a client that blocks is called in one, too."""
    return anyio.run(main, *arguments, backend="trio" if surface == "trio" else "asyncio")
