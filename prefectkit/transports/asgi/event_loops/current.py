"""The running event loop, of asyncio or trio."""

from __future__ import annotations

import sniffio

from prefectkit.transports.asgi.event_loops.asyncio_loop import AsyncioLoop
from prefectkit.transports.asgi.event_loops.base import EventLoop


def current_loop() -> EventLoop:
    """The running event loop."""
    if sniffio.current_async_library() == "trio":
        # trio is an optional dependency.
        from prefectkit.transports.asgi.event_loops.trio_loop import TrioLoop

        return TrioLoop()
    return AsyncioLoop()
