"""An ASGI app in an event loop thread, for callers in any thread and any event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import NamedTuple, cast

from prefectkit.core.concurrency.loop_local import ProcessLocal
from prefectkit.core.errors import ConnectError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.asgi.app_config import AppConfig
from prefectkit.transports.asgi.event_loop_app import EventLoopApp
from prefectkit.transports.asgi.event_loop_thread import EventLoopThread, wait, wait_in_loop
from prefectkit.transports.asgi.request_cycle import ChunkStream


class _Leased(NamedTuple):
    thread: EventLoopThread
    app: EventLoopApp


class ThreadedApp:
    """Runs an app in its event loop thread, which all users of the app share. A forked child starts a new thread."""

    def __init__(self, config: AppConfig) -> None:
        self._leased = ProcessLocal(
            lambda: _Leased(EventLoopThread.lease(config.app), EventLoopApp(config)),
            discard=lambda leased: leased.thread.release(),
        )

    def send(self, request: Request) -> Response:
        """Call the app with a request, and block until it responds."""
        thread, app = self._leased.get()
        future = thread.submit(app.send, request)
        try:
            response = wait(future)
        except BaseException:
            _close_late_stream(thread, future)
            raise
        if response.chunks is not None:
            response.chunks = _BlockingChunks(thread, cast(ChunkStream, response.chunks))
        return response

    async def asend(self, request: Request) -> Response:
        """Call the app with a request, and await its response in any event loop."""
        thread, app = self._leased.get()
        future = thread.submit(app.send, request)
        try:
            response = await wait_in_loop(future)
        except BaseException:
            _close_late_stream(thread, future)
            raise
        if response.chunks is not None:
            response.chunks = _AsyncChunks(thread, cast(ChunkStream, response.chunks))
        return response

    def close(self) -> None:
        """Stop using the app, and block until it has stopped if this is its last user."""
        leased = self._leased.close()
        if leased is not None:
            thread, app = leased
            try:
                # The thread may have ended with the interpreter.
                with suppress(ConnectError):
                    wait(thread.submit(app.aclose))
            finally:
                ended = thread.release()
            if ended is not None:
                wait(ended)
                thread.join()

    async def aclose(self) -> None:
        """As `close`, in any event loop."""
        leased = self._leased.close()
        if leased is not None:
            thread, app = leased
            try:
                with suppress(ConnectError):
                    await wait_in_loop(thread.submit(app.aclose))
            finally:
                ended = thread.release()
            if ended is not None:
                await wait_in_loop(ended)
                thread.join()


def _close_late_stream(thread: EventLoopThread, future: Future[Response]) -> None:
    """Close a streamed response that arrived at the moment when its caller stopped waiting."""
    if future.done() and not future.cancelled() and future.exception() is None:
        chunks = future.result().chunks
        if chunks is not None:
            thread.submit(cast(ChunkStream, chunks).aclose)


class _BlockingChunks(Iterator[bytes]):
    def __init__(self, thread: EventLoopThread, chunks: ChunkStream) -> None:
        self._thread = thread
        self._chunks = chunks

    def __next__(self) -> bytes:
        chunk = wait(self._thread.submit(self._chunks.next))
        if chunk is None:
            raise StopIteration
        return chunk

    def close(self) -> None:
        wait(self._thread.submit(self._chunks.aclose))


class _AsyncChunks(AsyncIterator[bytes]):
    def __init__(self, thread: EventLoopThread, chunks: ChunkStream) -> None:
        self._thread = thread
        self._chunks = chunks

    async def __anext__(self) -> bytes:
        chunk = await wait_in_loop(self._thread.submit(self._chunks.next))
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        await wait_in_loop(self._thread.submit(self._chunks.aclose))
