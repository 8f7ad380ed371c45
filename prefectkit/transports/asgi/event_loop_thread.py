"""Event loop thread: an asyncio event loop in a daemon thread, for callers in other threads and event loops."""

from __future__ import annotations

import asyncio
import atexit
import importlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from contextvars import copy_context
from typing import Any, ClassVar, TypeVar

import anyio
import sniffio

from prefectkit.core.concurrency.fork_safe_lock import ForkSafeLock
from prefectkit.core.concurrency.loop_local import ProcessLocal
from prefectkit.core.errors import ConnectError, TransportError
from prefectkit.transports.asgi.event_loops.current import current_loop
from prefectkit.transports.asgi.lifespan import Lifespan

T = TypeVar("T")

EXIT_LIMIT = 10.0
"""Seconds that the interpreter's exit waits for one thread."""


class EventLoopThread:
    """A daemon thread with an event loop. Each app has at most one, from its first lease to its last release.

    It does not outlive the interpreter: after the main thread has ended, its apps are shut down and it stops. A forked
    child has no such thread; the next lease there starts one.
    """

    _by_app: ClassVar[ProcessLocal[dict[int, EventLoopThread]]] = ProcessLocal(dict)
    _lock: ClassVar[ForkSafeLock] = ForkSafeLock()

    def __init__(self, app: object) -> None:
        self._app = app
        self._leases = 0
        self._started = threading.Event()
        self._ended: Future[None] = Future()
        # A running future cannot be cancelled by one of those who wait for it.
        self._ended.set_running_or_notify_cancel()
        self._thread = threading.Thread(target=self._run, name="prefectkit-asgi", daemon=True)
        self._thread.start()
        self._started.wait()

    @classmethod
    def lease(cls, app: object) -> EventLoopThread:
        """The app's thread, started if need be."""
        made: EventLoopThread | None = None
        while True:
            with cls._lock.held():
                threads = cls._by_app.get()
                thread = threads.get(id(app)) or made
                if thread is not None:
                    threads[id(app)] = thread
                    thread._leases += 1
                    break
            # Not under the lock: this waits for the thread to start.
            made = cls(app)
        if made is not None and made is not thread:
            made._request_stop()
        return thread

    def release(self) -> Future[None] | None:
        """End a lease. The last one stops the thread, and returns a future that is done when it has stopped."""
        with self._lock.held():
            self._leases -= 1
            if self._leases:
                return None
            del self._by_app.get()[id(self._app)]
        self._request_stop()
        return self._ended

    def submit(self, function: Callable[..., Coroutine[Any, Any, T]], *args: object) -> Future[T]:
        """Call a coroutine function in the event loop. Cancelling the future cancels its task.

        Raises:
            ConnectError: The thread has ended, or it is the calling thread, which would wait for itself.
        """
        if threading.get_ident() == self._thread.ident:
            raise ConnectError("an app cannot call itself through a blocking transport", retryable=False)
        coroutine = function(*args)
        context = copy_context()
        # The caller may be in trio.
        context.run(sniffio.current_async_library_cvar.set, "asyncio")
        try:
            return context.run(asyncio.run_coroutine_threadsafe, coroutine, self._loop)
        except RuntimeError:
            coroutine.close()
            raise ConnectError("the thread that the app runs in has ended", retryable=False) from None

    def join(self) -> None:
        """Wait for the end of the thread, after that of its event loop."""
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except RuntimeError as error:
            # Python 3.12.0 and 3.12.1 start no thread while the interpreter exits (gh-113964), and closing an event
            # loop starts one. Everything else is done by then.
            if "interpreter shutdown" not in str(error):
                raise
        finally:
            self._ended.set_result(None)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._started.set()
        await self._stop.wait()
        await Lifespan.end_all()

    def _request_stop(self) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stop.set)

    @classmethod
    def stop_all(cls) -> None:
        """Stop every thread of this process, even if it is in use."""
        with cls._lock.held():
            threads = list(cls._by_app.get().values())
        for thread in threads:
            thread._request_stop()
        for thread in threads:
            thread._thread.join(EXIT_LIMIT)


def wait(future: Future[T]) -> T:
    """Block until a future is done, and return its result. An interrupt cancels the future."""
    try:
        return future.result()
    except CancelledError:
        raise _stopped() from None
    except BaseException:
        future.cancel()
        raise


async def wait_in_loop(future: Future[T]) -> T:
    """Wait in the running event loop until a future is done, and return its result. Cancellation cancels the future."""
    loop = current_loop()
    done = anyio.Event()
    future.add_done_callback(lambda _: loop.call_soon(done.set))
    try:
        await done.wait()
    except BaseException:
        future.cancel()
        raise
    return wait(future)


def _stopped() -> TransportError:
    return TransportError("the thread that the app runs in was stopped before the response was complete")


# The exit hook of `threading` runs before executors and non-daemon threads are joined, and that of `atexit` after it:
# an app may need both for its shutdown. Hooks run in reverse order, so the executors' hook must be registered first.
try:
    importlib.import_module("concurrent.futures.thread")
    getattr(threading, "_register_atexit", atexit.register)(EventLoopThread.stop_all)
except RuntimeError:
    # This module is imported by an exit handler, when `threading` accepts no more hooks.
    atexit.register(EventLoopThread.stop_all)
