"""HTTP with aiohttp: less overhead per request than httpx, on asyncio only. Only this package imports aiohttp.

Install `prefectkit[aiohttp]` and select it by name: `AsyncPrefect(transport="aiohttp")`. It behaves like the default
transport, except for this:

- It serves `AsyncPrefect` on asyncio: not `Prefect`, and not trio.
- It supports no `httpx_settings`, no HTTP/2, and no SOCKS proxy. Asking for one of them raises an error.
- A response with a header above 32 KiB, or with a body where HTTP allows none, is rejected as incomplete.
"""

from __future__ import annotations

from prefectkit.transports.aiohttp.transport import AiohttpTransport
from prefectkit.transports.wire.settings import HTTPSettings

__all__ = ["AiohttpTransport", "HTTPSettings"]
