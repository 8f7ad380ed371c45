"""An ASGI app that does next to nothing, and what calling it costs by itself."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from benchmarks.data import A_PAGE, ONE_RUN, RUN_ID
from benchmarks.peers import Operations

Message: TypeAlias = MutableMapping[str, Any]

URL: Final = "http://app.test/api"


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Reads the request and responds with bytes that it has ready."""
    if scope["type"] == "lifespan":
        for _ in ("startup", "shutdown"):
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    body = ONE_RUN if scope["method"] == "GET" else A_PAGE
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@asynccontextmanager
async def direct() -> AsyncGenerator[Operations]:
    """The app, called with nothing between."""
    scope: Message = {"type": "http", "method": "GET", "path": f"/api/flow_runs/{RUN_ID}", "headers": []}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        pass

    yield {"bytes": lambda: app(scope, receive, send)}
