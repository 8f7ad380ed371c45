"""The event loop of trio. Imported only if trio runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress

import trio

from prefectkit.transports.asgi.event_loops.base import Signal


class TrioLoop:
    """The running trio event loop."""

    __slots__ = ("_token", "key")

    def __init__(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self.key: object = self._token

    def call_soon(self, function: Callable[[], object]) -> None:
        with suppress(trio.RunFinishedError):
            self._token.run_sync_soon(function)

    def signal(self) -> Signal:
        return _TrioSignal()


class _TrioSignal:
    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event = trio.Event()

    def set(self) -> None:
        self._event.set()

    async def wait(self, seconds: float | None) -> bool:
        with trio.move_on_after(math.inf if seconds is None else seconds):
            await self._event.wait()
        return self._event.is_set()
