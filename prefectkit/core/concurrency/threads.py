"""Threads that work for one caller, also while the interpreter ends and its own executors take no more work."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread, main_thread
from typing import Any, Final, Generic, TypeVar

from prefectkit.core.errors import PrefectKitError
from prefectkit.core.io import run

T = TypeVar("T")

IDLE: Final = 1.0
"""Seconds after which a thread without work looks whether the program ends, and its caller whether a thread is left."""


class Threads(Generic[T]):
    """Runs works in threads, of which there are as many as works under way.

    Where no thread can be started and none is there, its caller does the work: in an exit handler, from Python 3.12 on.

    Args:
        size: How many threads there may be.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._threads: list[Thread] = []
        self._under_way = 0
        self._todo: SimpleQueue[Callable[[], Callable[[], T]] | None] = SimpleQueue()
        self._ended: SimpleQueue[Callable[[], T]] = SimpleQueue()

    def begin(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        """Start a work, with a copy of the caller's context."""
        self._under_way += 1
        context = copy_context()
        self._todo.put(lambda: context.run(_outcome, work))
        if len(self._threads) < min(self._under_way, self._size):
            thread = Thread(target=self._serve, name="prefectkit")
            try:
                thread.start()
            except RuntimeError:
                # There are too many threads, or the interpreter ends.
                if not self._threads:
                    self._work_off()
            else:
                self._threads.append(thread)

    def has_news(self) -> bool:
        """Whether a work has ended that nobody has asked for."""
        return not self._ended.empty()

    async def next(self) -> T:
        """Wait for a work that ends, whichever it is.

        Raises:
            PrefectKitError: The works are in the threads of another process.
        """
        while True:
            try:
                outcome = self._ended.get(timeout=IDLE)
            except Empty:
                # Threads end with the program, and a forked child has none of its parent's.
                if not any(thread.is_alive() for thread in self._threads):
                    self._work_off()
                    if self._ended.empty():
                        raise PrefectKitError(
                            "these calls are made in threads of the process that this one was forked from: "
                            "begin them anew, after the fork"
                        ) from None
            else:
                self._under_way -= 1
                return outcome()

    def dismiss(self) -> None:
        """Have the threads end when nothing is left to do."""
        for _ in self._threads:
            self._todo.put(None)

    async def end(self) -> None:
        """Wait until all works have ended. One that waits for a server cannot be interrupted."""
        self.dismiss()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while True:
            try:
                work = self._todo.get(timeout=IDLE)
            except Empty:
                if main_thread().is_alive():
                    continue
                return
            if work is None:
                return
            self._ended.put(work())

    def _work_off(self) -> None:
        while not self._todo.empty():
            work = self._todo.get()
            if work is not None:
                self._ended.put(work())


def _outcome(work: Callable[[], Coroutine[Any, Any, T]]) -> Callable[[], T]:
    """What gives a work's result, or raises its error."""
    try:
        value = run(work())
    except BaseException as error:
        return partial(_raise, error)
    return lambda: value


def _raise(error: BaseException) -> Any:
    try:
        raise error
    finally:
        # Else the error and this frame would keep each other.
        del error
