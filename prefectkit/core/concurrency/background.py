"""Work that goes on while its caller does something else: in a thread for a sync client, in a task for an async one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import anyio

from prefectkit.core.concurrency.system_tasks import spawn_system_task
from prefectkit.core.concurrency.threads import Threads
from prefectkit.core.io import IO

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Work: TypeAlias = Callable[[], Coroutine[Any, Any, T]]

CLOSING = 1.0
"""Seconds that a task may take to end when it is cancelled."""


class Background(Protocol[T_co]):
    """Work under way."""

    async def result(self) -> T_co:
        """Wait for what it gives, or for the error that it raises."""
        ...

    async def end(self) -> None:
        """End it, and wait until it has ended."""
        ...


def start(io: IO, work: Work[T]) -> Background[T]:
    """Start work beside the caller, with a copy of the caller's context."""
    return InThread(work) if io.sync else InTask(work)


class InThread(Generic[T]):
    """Work in a thread of its own, which ends with it."""

    def __init__(self, work: Work[T]) -> None:
        self._threads = Threads[T](1)
        self._threads.begin(work)
        self._threads.dismiss()

    async def result(self) -> T:
        return await self._threads.next()

    async def end(self) -> None:
        # A request that waits in a thread cannot be interrupted: it is waited for, so that none outlives its caller.
        await self._threads.end()


class InTask(Generic[T]):
    """Work in a task that no scope owns, since an async generator cannot keep a scope open between two rows."""

    def __init__(self, work: Work[T], on_end: Callable[[InTask[T]], object] | None = None) -> None:
        self._work = work
        self._on_end = on_end
        self._outcome: Callable[[], T] = _cancelled
        self._ended = anyio.Event()
        self.cancel = spawn_system_task(self._run, on_end=self._note_end)

    async def result(self) -> T:
        await self._ended.wait()
        return self._outcome()

    async def end(self) -> None:
        self.cancel()
        with anyio.move_on_after(CLOSING, shield=True):
            await self._ended.wait()

    async def _run(self) -> None:
        try:
            value = await self._work()
        except Exception as error:
            self._outcome = _raising(error)
        else:
            self._outcome = lambda: value

    def _note_end(self) -> None:
        self._ended.set()
        if self._on_end is not None:
            self._on_end(self)


def _raising(error: Exception) -> Callable[[], Any]:
    def outcome() -> Any:
        raise error

    return outcome


def _cancelled() -> Any:
    raise RuntimeError("work in the background was cancelled by someone else")
