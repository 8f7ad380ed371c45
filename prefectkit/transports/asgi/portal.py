"""An asyncio loop in a thread of its own: where an app runs that callers in other threads and loops share."""

from __future__ import annotations

import asyncio
import atexit
import importlib
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from contextvars import copy_context
from typing import Any, ClassVar, TypeVar

import anyio

from prefectkit.core.concurrency.fork_safe_lock import ForkSafeLock
from prefectkit.core.errors import ConnectError, TransportError
from prefectkit.transports.asgi.eventloop import AsyncioLoop, copied, current_loop
from prefectkit.transports.asgi.lifespan import Lifespan

T = TypeVar("T")

EXIT_LIMIT = 10.0
"""Seconds that the end of the interpreter waits for one thread."""


class LoopThread:
    """A daemon thread with an event loop; one per app, from its first lease to its last release.

    It never outlives the interpreter: what still runs is stopped in order when the main thread has ended. A forked
    child has no such thread; there the next lease starts one.

    Attributes:
        pid: The process that it runs in.
    """

    _by_app: ClassVar[dict[int, LoopThread]] = {}
    _lock: ClassVar[ForkSafeLock] = ForkSafeLock()

    def __init__(self, app: object) -> None:
        self.pid = os.getpid()
        self._app = app
        self._leases = 0
        self._started = threading.Event()
        self._ended: Future[None] = Future()
        # Nobody who stops waiting for it may cancel it.
        self._ended.set_running_or_notify_cancel()
        self._thread = threading.Thread(target=self._run, name="prefectkit-asgi", daemon=True)
        self._thread.start()
        self._started.wait()

    @classmethod
    def lease(cls, app: object) -> LoopThread:
        """The app's thread, started if need be."""
        made: LoopThread | None = None
        while True:
            with cls._lock.held():
                thread = cls._by_app.get(id(app)) or made
                if thread is not None:
                    cls._by_app[id(app)] = thread
                    thread._leases += 1
                    break
            # Not under the lock: this waits for the thread.
            made = cls(app)
        if made is not None and made is not thread:
            made._request_stop()
        return thread

    def release(self) -> Future[None] | None:
        """Give it back. The last one to do so stops it, and gets a future that is done when it has stopped."""
        with self._lock.held():
            self._leases -= 1
            if self._leases:
                return None
            del self._by_app[id(self._app)]
        self._request_stop()
        return self._ended

    def submit(self, function: Callable[..., Coroutine[Any, Any, T]], *args: object) -> Future[T]:
        """Call a coroutine function in the loop. Cancelling the future cancels it.

        Raises:
            ConnectError: The thread has ended, or is the calling one, which would wait for itself.
        """
        if threading.get_ident() == self._thread.ident:
            raise ConnectError("an app cannot call itself through a blocking transport", retryable=False)
        work = function(*args)
        try:
            return copied(copy_context(), "asyncio").run(asyncio.run_coroutine_threadsafe, work, self._loop)
        except RuntimeError:
            work.close()
            raise ConnectError("the thread that the app runs in has ended", retryable=False) from None

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except RuntimeError as error:
            # Python 3.12.0 and 3.12.1 start no thread while the interpreter ends (gh-113964), and a loop that closes
            # starts one. Everything else has been done by then.
            if "interpreter shutdown" not in str(error):
                raise
        finally:
            self._ended.set_result(None)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._started.set()
        await self._stop.wait()
        await Lifespan.end_all(AsyncioLoop())

    def join(self) -> None:
        """Wait for the last instant of a thread that has ended its loop."""
        self._thread.join()

    def _request_stop(self) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop.set)

    @classmethod
    def stop_all(cls) -> None:
        """Stop every thread of this process, whoever uses it."""
        with cls._lock.held():
            threads = list(cls._by_app.values())
        for thread in threads:
            thread._request_stop()
        for thread in threads:
            thread._thread.join(EXIT_LIMIT)

    @classmethod
    def forget_all(cls) -> None:
        """Drop every thread: in a forked child none of them runs."""
        cls._by_app.clear()
        Lifespan.forget()


def wait(future: Future[T]) -> T:
    """The future's result, in this thread's own time; an interrupt cancels the work."""
    try:
        return future.result()
    except CancelledError:
        raise _stopped() from None
    except BaseException:
        future.cancel()
        raise


async def wait_in_loop(future: Future[T]) -> T:
    """The future's result, in this loop's own time, asyncio's or trio's; a cancellation cancels the work."""
    loop = current_loop()
    done = anyio.Event()
    future.add_done_callback(lambda _: loop.call_soon(done.set))
    try:
        await done.wait()
    except BaseException:
        future.cancel()
        raise
    try:
        return future.result()
    except CancelledError:
        raise _stopped() from None


def _stopped() -> TransportError:
    return TransportError("the thread that the app runs in was stopped before the answer was complete")


# The hook of `threading` comes before executors and non-daemon threads are waited for, that of `atexit` after it: an
# app may need both to stop in order. Hooks run from the last to the first, so the executors' own must be there first.
try:
    importlib.import_module("concurrent.futures.thread")
    getattr(threading, "_register_atexit", atexit.register)(LoopThread.stop_all)
except RuntimeError:
    # An exit handler is the first to use an app, and `threading` takes no more hooks.
    atexit.register(LoopThread.stop_all)
os.register_at_fork(after_in_child=LoopThread.forget_all)
