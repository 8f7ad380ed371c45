"""What anyio leaves to the event loops: tasks that outlive their maker, calls from other threads, a cheap wake-up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from typing import Any, Protocol, cast

import anyio
import sniffio

Work = Callable[[], Coroutine[Any, Any, None]]


class Signal(Protocol):
    """Wakes one waiter once."""

    def set(self) -> None: ...

    async def wait(self, seconds: float | None) -> bool:
        """True once it is set, False when the seconds are over first."""
        ...


class Loop(Protocol):
    """The running event loop.

    Attributes:
        key: Equal for the same loop and for no other.
    """

    key: object

    @property
    def ended(self) -> bool: ...

    def spawn(self, work: Work, context: Context | None = None) -> Callable[[], object]:
        """Start a task that no scope owns, and return what cancels it; `work` lets no error out.

        The task starts from a copy of the context, or of the caller's.
        """
        ...

    def call_soon(self, function: Callable[[], object]) -> None:
        """Call it in the loop, from whichever thread; nothing happens where the loop has ended."""
        ...

    def signal(self) -> Signal: ...


def current_key() -> object:
    """The key of the running loop."""
    if sniffio.current_async_library() == "trio":
        return current_loop().key
    return asyncio.get_running_loop()


def current_loop() -> Loop:
    """The running loop, asyncio's or trio's."""
    if sniffio.current_async_library() == "trio":
        # trio is there where it runs, and need not be anywhere else.
        from prefectkit.transports.asgi.eventloop_trio import TrioLoop

        return TrioLoop()
    return AsyncioLoop()


def copied(context: Context, library: str) -> Context:
    """A copy of the context for a task of the event loop `library`; it may come from a task of another one."""
    copy = context.copy()
    copy.run(sniffio.current_async_library_cvar.set, library)
    return copy


def is_cancellation(error: BaseException) -> bool:
    """Whether it is the running loop's cancellation."""
    # A coroutine that is thrown away has no running loop to ask.
    return not isinstance(error, GeneratorExit) and isinstance(error, anyio.get_cancelled_exc_class())


def is_final(error: BaseException) -> bool:
    """Whether a task must let it out: a cancellation, Ctrl-C, or a group of nothing else.

    `SystemExit` is not: an app that exits does not end its callers.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(is_final(each) for each in cast(BaseExceptionGroup[BaseException], error).exceptions)
    return isinstance(error, (KeyboardInterrupt, GeneratorExit)) or is_cancellation(error)


class AsyncioLoop:
    """The running asyncio loop."""

    __slots__ = ("_loop", "key")

    def __init__(self) -> None:
        self.key: object = asyncio.get_running_loop()
        self._loop = asyncio.get_running_loop()

    @property
    def ended(self) -> bool:
        return self._loop.is_closed()

    def spawn(self, work: Work, context: Context | None = None) -> Callable[[], object]:
        return self._loop.create_task(work(), context=None if context is None else copied(context, "asyncio")).cancel

    def call_soon(self, function: Callable[[], object]) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function)

    def signal(self) -> Signal:
        return _AsyncioSignal(self._loop)


class _AsyncioSignal:
    """A future and a timer: a quarter of what an anyio event under a deadline costs."""

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
