"""Worker pools: run many functions at once, and collect their results as they finish."""

from __future__ import annotations

from collections import deque
from typing import Generic, Protocol, TypeVar

import anyio

from prefectkit.core.concurrency.background import CLOSING, AsyncFunction, LoopTask

T = TypeVar("T")


class WorkerPool(Protocol[T]):
    """The interface of `ThreadPool` (sync) and `TaskPool` (async)."""

    def submit(self, function: AsyncFunction[T]) -> None:
        """Start a function in a copy of the caller's context."""
        ...

    def has_finished(self) -> bool:
        """Whether `next_finished` returns at once."""
        ...

    async def next_finished(self) -> T:
        """Wait for the next function that finishes; return its result, or raise its error."""
        ...

    async def shutdown(self) -> None:
        """Cancel what can be cancelled, and wait until everything has ended."""
        ...


class TaskPool(Generic[T]):
    """Runs each function in a task of the event loop."""

    def __init__(self) -> None:
        self._running: set[LoopTask[T]] = set()
        self._finished: deque[LoopTask[T]] = deque()
        self._any_finished = anyio.Event()

    def submit(self, function: AsyncFunction[T]) -> None:
        self._running.add(LoopTask(function, self._finish))

    def _finish(self, task: LoopTask[T]) -> None:
        self._running.discard(task)
        self._finished.append(task)
        self._any_finished.set()

    def has_finished(self) -> bool:
        return bool(self._finished)

    async def next_finished(self) -> T:
        while not self._finished:
            await self._wait()
        return await self._finished.popleft().result()

    async def shutdown(self) -> None:
        for task in self._running:
            task.cancel()
        with anyio.move_on_after(CLOSING, shield=True):
            while self._running:
                await self._wait()

    async def _wait(self) -> None:
        await self._any_finished.wait()
        self._any_finished = anyio.Event()
