"""Fake ASGI apps, and one interface to call them from sync, asyncio and trio, in the event loop or in a thread."""

from __future__ import annotations

import inspect
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio

from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.asgi import ASGITransport, AsyncASGITransport

LOOPS = ("asyncio", "trio")
ASYNC_WAYS = ("asyncio", "trio", "asyncio-threaded", "trio-threaded")
WAYS = ("sync", *ASYNC_WAYS)

URL = "http://in-process:8080/api"

Handler = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def request(target: str = "/things", *, method: str = "POST", timeout: float | None = 10, **more: Any) -> Request:
    return Request(method, more.pop("base_url", URL), target, timeout=timeout, **more)


def start(status: int = 200, *headers: tuple[bytes, bytes], **more: Any) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers, **more}


def body(piece: bytes = b"", *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": piece, "more_body": more}


class App:
    """An app with a lifespan, whose requests a function handles.

    Attributes:
        events: What happened, in order: `startup`, `shutdown`, and what the handler adds.
        scopes: The scope of each request.
    """

    def __init__(self, handler: Handler | None = None) -> None:
        self.handler = handler
        self.events: list[Any] = []
        self.scopes: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.live(scope, receive, send)
            return
        self.scopes.append(scope)
        if self.handler is None:
            await receive()
            await send(start(200, (b"content-type", b"application/json")))
            await send(body(b"{}"))
        else:
            await self.handler(scope, receive, send)

    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "lifespan.startup"
        self.events.append("startup")
        await send({"type": "lifespan.startup.complete"})
        assert (await receive())["type"] == "lifespan.shutdown"
        self.events.append("shutdown")
        await send({"type": "lifespan.shutdown.complete"})

    async def until(self, event: str) -> None:
        """Wait for an event, from whichever loop."""
        with anyio.fail_after(10):
            while event not in self.events:
                await anyio.sleep(0.002)


class Opened:
    """A transport to await, whether it blocks or not."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport

    async def send(self, request: Request) -> Response:
        result = self.transport.send(request)
        response: Response = await result if inspect.isawaitable(result) else result
        return response

    async def close(self) -> None:
        if hasattr(self.transport, "aclose"):
            await self.transport.aclose()
        else:
            self.transport.close()


def make(way: str, app: Any, **options: Any) -> Opened:
    if way == "sync":
        return Opened(ASGITransport(app, **options))
    return Opened(AsyncASGITransport(app, threaded=way.endswith("threaded"), **options))


@asynccontextmanager
async def opened(way: str, app: Any, **options: Any) -> AsyncIterator[Opened]:
    transport = make(way, app, **options)
    try:
        yield transport
    finally:
        await transport.close()


async def pieces(response: Response, most: float = math.inf) -> list[bytes]:
    """The body of a streamed response, or its next pieces."""
    got: list[bytes] = []
    await read(response, got, most)
    return got


async def read(response: Response, into: list[bytes], most: float = math.inf) -> None:
    chunks: Any = response.chunks
    while len(into) < most:
        try:
            into.append(await chunks.__anext__() if hasattr(chunks, "__anext__") else next(chunks))
        except (StopAsyncIteration, StopIteration):
            return


async def close_chunks(response: Response) -> None:
    chunks: Any = response.chunks
    closed = chunks.aclose() if hasattr(chunks, "aclose") else chunks.close()
    if inspect.isawaitable(closed):
        await closed
