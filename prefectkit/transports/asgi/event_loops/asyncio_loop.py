"""The event loop of asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from prefectkit.transports.asgi.event_loops.base import Signal


class AsyncioLoop:
    """The running asyncio event loop."""

    __slots__ = ("_loop", "key")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.key: object = self._loop

    def call_soon(self, function: Callable[[], object]) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function)

    def signal(self) -> Signal:
        return _AsyncioSignal(self._loop)


class _AsyncioSignal:
    """A future and a timer: a quarter of the cost of an anyio event with a deadline."""

    __slots__ = ("_future", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._future: asyncio.Future[bool] = loop.create_future()

    def set(self) -> None:
        self._resolve(True)

    async def wait(self, seconds: float | None) -> bool:
        if seconds is None:
            return await self._future
        timer = self._loop.call_later(seconds, self._resolve, False)
        try:
            return await self._future
        finally:
            timer.cancel()

    def _resolve(self, value: bool) -> None:
        if not self._future.done():
            self._future.set_result(value)
