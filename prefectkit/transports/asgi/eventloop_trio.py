"""The trio loop: imported only where trio runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context

import trio

from prefectkit.transports.asgi.eventloop import Signal, Work, copied


class TrioLoop:
    """The running trio loop."""

    __slots__ = ("_token", "key")

    def __init__(self) -> None:
        self._token = trio.lowlevel.current_trio_token()
        self.key: object = self._token

    @property
    def ended(self) -> bool:
        try:
            self._token.run_sync_soon(_nothing)
        except trio.RunFinishedError:
            return True
        return False

    def spawn(self, work: Work, context: Context | None = None) -> Callable[[], object]:
        scope = trio.CancelScope()

        async def run() -> None:
            with scope:
                await work()

        # A system task has trio's own context unless it is given another one.
        trio.lowlevel.spawn_system_task(run, context=copy_context() if context is None else copied(context, "trio"))
        return scope.cancel

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


def _nothing() -> None:
    pass
