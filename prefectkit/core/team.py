"""Works that go on side by side: in the threads of a pool for a sync client, in tasks for an async one."""

from __future__ import annotations

from collections import deque
from contextvars import copy_context
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import anyio

from prefectkit.core.background import CLOSING, InTask, Work
from prefectkit.core.io import run

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")


class Team(Protocol[T]):
    """Works under way, and those that have ended."""

    def begin(self, work: Work[T]) -> None:
        """Start a work, with a copy of the caller's context."""
        ...

    def has_news(self) -> bool:
        """Whether one has ended that nobody has asked for."""
        ...

    async def next(self) -> T:
        """Wait for one that ends, whichever it is."""
        ...

    async def end(self) -> None:
        """End all of them, and wait until they have ended."""
        ...


class Threads(Generic[T]):
    """Works in threads, which end with the team. No more than `size` may be under way."""

    def __init__(self, size: int) -> None:
        # Only who makes calls side by side pays for the imports.
        from concurrent.futures import ThreadPoolExecutor
        from queue import SimpleQueue

        self._pool = ThreadPoolExecutor(size, "prefectkit")
        self._ended: SimpleQueue[Future[T]] = SimpleQueue()

    def begin(self, work: Work[T]) -> None:
        self._pool.submit(copy_context().run, lambda: run(work())).add_done_callback(self._ended.put)

    def has_news(self) -> bool:
        return not self._ended.empty()

    async def next(self) -> T:
        return self._ended.get().result()

    async def end(self) -> None:
        # A request that waits in a thread cannot be interrupted: it is waited for, so that none outlives its caller.
        self._pool.shutdown()


class Tasks(Generic[T]):
    """Works in tasks."""

    def __init__(self) -> None:
        self._under_way: set[InTask[T]] = set()
        self._ended: deque[InTask[T]] = deque()
        self._news = anyio.Event()

    def begin(self, work: Work[T]) -> None:
        self._under_way.add(InTask(work, self._note_end))

    def _note_end(self, task: InTask[T]) -> None:
        self._under_way.discard(task)
        self._ended.append(task)
        self._news.set()

    def has_news(self) -> bool:
        return bool(self._ended)

    async def next(self) -> T:
        while not self._ended:
            await self._next_news()
        return await self._ended.popleft().result()

    async def end(self) -> None:
        for task in self._under_way:
            task.cancel()
        with anyio.move_on_after(CLOSING, shield=True):
            while self._under_way:
                await self._next_news()

    async def _next_news(self) -> None:
        await self._news.wait()
        self._news = anyio.Event()
