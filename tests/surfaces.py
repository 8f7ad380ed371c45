"""One test for every way to call: sync or async, asyncio or trio, over a socket or in this process.

A test awaits everything; for a sync client `Awaited` responds at once, so that the same lines drive both.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.endpoint import Resource
from prefectkit.plugins import Request, hookimpl
from prefectkit.transports.asgi import ASGITransport, AsyncASGITransport
from tests.real_server import RealServer

EVERY = ("sync-http", "sync-asgi", "asyncio-http", "asyncio-asgi", "trio-http", "trio-asgi")


def chosen(names: str) -> tuple[str, ...]:
    """The surfaces that are named, with commas between them; all of them where none is."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := set(wanted) - set(EVERY):
        raise ValueError(f"no such surface: {', '.join(sorted(unknown))}; there are {', '.join(EVERY)}")
    return tuple(wanted) or EVERY


SURFACES = chosen(os.environ.get("PREFECTKIT_TEST_SURFACES", ""))


class Sent:
    """What went out: method, target and parsed body of each request, but for CSRF tokens."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, Any]] = []

    @hookimpl
    def before_send(self, request: Request) -> None:
        if not request.target.startswith("/csrf-token"):
            body = msgspec.json.decode(request.body) if request.body else None
            self.requests.append((request.method, request.target, body))

    @property
    def last(self) -> tuple[str, str, Any]:
        return self.requests[-1]


class Awaited:
    """A client or resource whose calls are awaited, whether it blocks or not."""

    def __init__(self, target: Any) -> None:
        self.target = target

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.target, name)
        if isinstance(value, Resource):
            return Awaited(value)
        if not callable(value) or name == "with_options":
            return Awaited(value()) if name == "with_options" else value

        def call(*args: Any, **kwargs: Any) -> Any:
            result = value(*args, **kwargs)
            if isinstance(result, Iterator):
                return _each(result)
            return result if inspect.isawaitable(result) or hasattr(result, "__aiter__") else _done(result)

        return call


async def _done(result: Any) -> Any:
    return result


async def _each(results: Iterator[Any]) -> AsyncIterator[Any]:
    for result in results:
        yield result


@asynccontextmanager
async def open_client(surface: str, server: RealServer, plugins: Sequence[object] = ()) -> AsyncIterator[Awaited]:
    loop, _, way = surface.partition("-")
    if loop == "sync":
        transport = ASGITransport(server.app) if way == "asgi" else None
        with Prefect(server.url, transport=transport, plugins=plugins) as client:
            yield Awaited(client)
    else:
        # The Prefect server runs on asyncio only, so trio reaches it in a thread of its own.
        across = AsyncASGITransport(server.app, threaded=True) if way == "asgi" else None
        async with AsyncPrefect(server.url, transport=across, plugins=plugins) as opened:
            yield Awaited(opened)
