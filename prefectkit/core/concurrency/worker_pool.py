"""Works that go on side by side: in `Threads` for a sync client, in tasks for an async one."""

from __future__ import annotations

from collections import deque
from typing import Generic, Protocol, TypeVar

import anyio

from prefectkit.core.concurrency.background import CLOSING, InTask, Work

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
