"""A call on every kind of flat client, over a transport of httpx's that follows a script."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import anyio
import httpx

from prefectkit.compat import PrefectClient, SyncPrefectClient

KINDS = ("sync", "asyncio", "trio")
URL = "http://prefect.test/api"


def use(
    kind: str,
    respond: Callable[[httpx.Request], httpx.Response],
    call: Callable[[Any], Any],
    *,
    retries: int | None = None,
    **arguments: Any,
) -> Any:
    """What a call results, on a client of this kind that is made for it and closed."""

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404) if request.url.path.endswith("/csrf-token") else respond(request)

    settings = {"transport": httpx.MockTransport(handle), **arguments.pop("httpx_settings", {})}
    environment = {} if retries is None else {"PREFECT_CLIENT_MAX_RETRIES": str(retries)}
    with patch.dict(os.environ, environment):
        if kind == "sync":
            with SyncPrefectClient(URL, httpx_settings=settings, **arguments) as client:
                return call(client)

        async def main() -> Any:
            async with PrefectClient(URL, httpx_settings=settings, **arguments) as opened:
                return await call(opened)

        return anyio.run(main, backend=kind)
