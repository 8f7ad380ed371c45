"""A thread pool that also works while the interpreter exits, when `concurrent.futures` accepts no more work."""

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
"""Seconds after which an idle thread checks whether the program ends, and a waiting caller whether a thread lives."""


class ThreadPool(Generic[T]):
    """Runs functions in threads. There are never more threads than running functions.

    If there is no thread and none can be started, the caller's own thread runs the functions: in an exit handler, from
    Python 3.12 on.

    Args:
        size: How many threads there may be.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._threads: list[Thread] = []
        self._unfinished = 0
        self._queue: SimpleQueue[Callable[[], Callable[[], T]] | None] = SimpleQueue()
        self._outcomes: SimpleQueue[Callable[[], T]] = SimpleQueue()

    def submit(self, function: Callable[[], Coroutine[Any, Any, T]]) -> None:
        """Start a function in a copy of the caller's context."""
        self._unfinished += 1
        context = copy_context()
        self._queue.put(lambda: context.run(_outcome, function))
        if len(self._threads) < min(self._unfinished, self._size):
            thread = Thread(target=self._serve, name="prefectkit")
            try:
                thread.start()
            except RuntimeError:
                # There are too many threads, or the interpreter ends.
                if not self._threads:
                    self._run_queue()
            else:
                self._threads.append(thread)

    def has_finished(self) -> bool:
        """Whether `next_finished` returns at once."""
        return not self._outcomes.empty()

    async def next_finished(self) -> T:
        """Wait for the next function that finishes; return its result, or raise its error.

        Raises:
            PrefectKitError: The functions run in threads of another process.
        """
        while True:
            try:
                outcome = self._outcomes.get(timeout=IDLE)
            except Empty:
                # Threads end with the program, and a forked child has none of its parent's.
                if not any(thread.is_alive() for thread in self._threads):
                    self._run_queue()
                    if self._outcomes.empty():
                        raise PrefectKitError(
                            "these calls are made in threads of the process that this one was forked from: "
                            "start them again, after the fork"
                        ) from None
            else:
                self._unfinished -= 1
                return outcome()

    def close(self) -> None:
        """Let the threads end when the queue is empty."""
        for _ in self._threads:
            self._queue.put(None)

    async def shutdown(self) -> None:
        """Wait until every function has ended. A request in a thread cannot be interrupted."""
        self.close()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        while True:
            try:
                work = self._queue.get(timeout=IDLE)
            except Empty:
                if main_thread().is_alive():
                    continue
                return
            if work is None:
                return
            self._outcomes.put(work())

    def _run_queue(self) -> None:
        while not self._queue.empty():
            work = self._queue.get()
            if work is not None:
                self._outcomes.put(work())


def _outcome(function: Callable[[], Coroutine[Any, Any, T]]) -> Callable[[], T]:
    """Run a function; return a function that returns its result or raises its error."""
    try:
        value = run(function())
    except BaseException as error:
        return partial(_raise, error)
    return lambda: value


def _raise(error: BaseException) -> Any:
    try:
        raise error
    finally:
        # Otherwise the error and this frame would keep each other alive.
        del error
