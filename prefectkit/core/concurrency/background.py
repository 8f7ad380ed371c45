"""Background tasks: a coroutine that runs beside its caller, in a thread (sync) or in a task (async)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import anyio

from prefectkit.core.concurrency.system_tasks import spawn_system_task
from prefectkit.core.concurrency.thread_pool import ThreadPool
from prefectkit.core.io import IO

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

AsyncFunction: TypeAlias = Callable[[], Coroutine[Any, Any, T]]

CLOSING = 1.0
"""Seconds that a task may take to end after it was cancelled."""


class BackgroundTask(Protocol[T_co]):
    """A task that was started."""

    async def result(self) -> T_co:
        """Wait for its result, or raise its error."""
        ...

    async def stop(self) -> None:
        """Cancel it if possible, and wait until it has ended."""
        ...


def run_in_background(io: IO, function: AsyncFunction[T]) -> BackgroundTask[T]:
    """Start a task in a copy of the caller's context: in a thread on a sync client, in the event loop otherwise."""
    return ThreadTask(function) if io.sync else LoopTask(function)


class ThreadTask(Generic[T]):
    """A task in a thread of its own, which ends with it."""

    def __init__(self, function: AsyncFunction[T]) -> None:
        self._pool = ThreadPool[T](1)
        self._pool.submit(function)
        self._pool.close()

    async def result(self) -> T:
        return await self._pool.next_finished()

    async def stop(self) -> None:
        # A request in a thread cannot be interrupted: it is waited for, so that none outlives its caller.
        await self._pool.shutdown()


class LoopTask(Generic[T]):
    """A task that no scope owns, since an async generator cannot keep a scope open between two rows."""

    def __init__(self, function: AsyncFunction[T], on_end: Callable[[LoopTask[T]], object] | None = None) -> None:
        self._function = function
        self._on_end = on_end
        self._outcome: Callable[[], T] = _raise_cancelled
        self._ended = anyio.Event()
        self.cancel = spawn_system_task(self._run, on_end=self._finish)

    async def result(self) -> T:
        await self._ended.wait()
        return self._outcome()

    async def stop(self) -> None:
        self.cancel()
        with anyio.move_on_after(CLOSING, shield=True):
            await self._ended.wait()

    async def _run(self) -> None:
        try:
            value = await self._function()
        except Exception as error:
            self._outcome = _raising(error)
        else:
            self._outcome = lambda: value

    def _finish(self) -> None:
        self._ended.set()
        if self._on_end is not None:
            self._on_end(self)


def _raising(error: Exception) -> Callable[[], Any]:
    def outcome() -> Any:
        raise error

    return outcome


def _raise_cancelled() -> Any:
    raise RuntimeError("a background task was cancelled from outside")
