"""HTTP with aiohttp: less work for each request than httpx, on asyncio only. Nothing else in the package imports it.

Install `prefectkit[aiohttp]` and ask for it by name: `AsyncPrefect(transport="aiohttp")`. It promises what the default
transport does, but for this:

- It serves `AsyncPrefect` on asyncio: not `Prefect`, and not trio.
- It takes no `httpx_settings`, speaks no HTTP/2, and knows no SOCKS proxy. Asking for one of them is an error.
- An answer with a header above 32 KiB, or with a body where HTTP allows none, is refused as incomplete.
"""

from __future__ import annotations

from prefectkit.transports.aiohttp.transport import AiohttpTransport
from prefectkit.transports.wire.settings import HTTPSettings

__all__ = ["AiohttpTransport", "HTTPSettings"]
