"""One way to call any HTTP transport: the kinds that the tests of the wire run on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import pytest

from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.aiohttp import AiohttpTransport
from prefectkit.transports.http import AsyncHTTPTransport, HTTPSettings, HTTPTransport

KINDS = ("sync", "asyncio", "trio")
"""What takes `httpx_settings`."""

THROUGH_HTTPX = ("sync+httpx", "asyncio+httpx", "trio+httpx")
"""The same, where each request goes through httpx's own client."""

ALL_KINDS = (*KINDS, *THROUGH_HTTPX, "aiohttp")
SYNC_KINDS = ("sync", "sync+httpx")
ASYNC_KINDS = tuple(kind for kind in ALL_KINDS if kind not in SYNC_KINDS)
ON_ASYNCIO = ("asyncio", "asyncio+httpx", "aiohttp")

Send = Callable[..., Response]
Script = Callable[[Send], Any]


def run(
    kind: str,
    url: str,
    script: Script,
    *,
    httpx_settings: Mapping[str, Any] | None = None,
    settings: HTTPSettings | None = None,
) -> Any:
    """Run a script against a new transport, which is closed after it. It is given `send(path, method=..., ...)`."""
    if kind in SYNC_KINDS:
        transport = sync_transport(kind, url, httpx_settings=httpx_settings, settings=settings)
        try:
            return script(lambda path, **options: _received(transport.send(_request(url, path, **options))))
        finally:
            transport.close()
            transport.close()

    async def main() -> Any:
        transport = async_transport(kind, url, httpx_settings=httpx_settings, settings=settings)

        async def send(path: str, **options: Any) -> Response:
            response = await transport.send(_request(url, path, **options))
            if response.chunks is not None:
                try:
                    response.body = b"".join([chunk async for chunk in response.chunks])
                finally:
                    await response.chunks.aclose()
            return response

        try:
            return await anyio.to_thread.run_sync(
                script, lambda path, **options: anyio.from_thread.run(lambda: send(path, **options))
            )
        finally:
            await transport.aclose()
            await transport.aclose()

    return run_async(kind, main)


def sync_transport(kind: str, url: str, **options: Any) -> HTTPTransport:
    """A transport of a sync kind."""
    return HTTPTransport(base_url=url, **_through(kind, options))


def async_transport(kind: str, url: str, **options: Any) -> Any:
    """A transport of an async kind, to be used under `run_async` of the same kind."""
    if kind != "aiohttp":
        return AsyncHTTPTransport(base_url=url, **_through(kind, options))
    assert options.pop("httpx_settings", None) is None
    return AiohttpTransport(base_url=url, **options)


def run_async(kind: str, main: Callable[..., Any], *arguments: Any) -> Any:
    """Run in an event loop of the kind."""
    return anyio.run(main, *arguments, backend="trio" if kind.startswith("trio") else "asyncio")


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true: the server's threads take a moment to see that a client has left."""
    done = threading.Event()
    return any(condition() or done.wait(0.02) for _ in range(200))


def sockets() -> int:
    """How many sockets this process has open."""
    count = 0
    for fd in Path("/proc/self/fd").iterdir():
        # Another thread may close it in between.
        with suppress(FileNotFoundError):
            count += os.readlink(fd).startswith("socket:")
    return count


def clear_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the proxies of the environment."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _through(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    if kind not in THROUGH_HTTPX:
        return options
    return {**options, "httpx_settings": {"event_hooks": {}, **(options.get("httpx_settings") or {})}}


def _request(url: str, path: str, *, method: str = "GET", timeout: float | None = 5, **options: Any) -> Request:
    return Request(method, url, path, timeout=timeout, **options)


def _received(response: Response) -> Response:
    if response.chunks is not None:
        try:
            response.body = b"".join(response.chunks)
        finally:
            response.chunks.close()
    return response
