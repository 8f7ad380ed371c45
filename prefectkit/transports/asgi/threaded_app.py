"""A transport's place in its app's thread, and the bodies that come out of there piece by piece."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import cast

from prefectkit.core.errors import ClientClosedError, ConnectError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.asgi.exchange import ChunkStream
from prefectkit.transports.asgi.hosting import Hosting
from prefectkit.transports.asgi.inloop import InLoop
from prefectkit.transports.asgi.portal import LoopThread, wait, wait_in_loop


class Seat:
    """One transport in the app's thread. A forked child starts over with a thread of its own."""

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting
        self._closed = False
        # By process, and filled without a lock: a forked child could inherit it locked.
        self._taken: dict[int, tuple[LoopThread, InLoop]] = {}

    def send(self, request: Request) -> Response:
        """Hand a request to the app, and block until it answers."""
        thread, inner = self._take()
        future = thread.submit(inner.send, request)
        try:
            response = wait(future)
        except BaseException:
            _let_go(thread, future)
            raise
        if response.chunks is not None:
            response.chunks = _BlockingChunks(thread, cast(ChunkStream, response.chunks))
        return response

    async def asend(self, request: Request) -> Response:
        """Hand a request to the app, and await its answer in any loop."""
        thread, inner = self._take()
        future = thread.submit(inner.send, request)
        try:
            response = await wait_in_loop(future)
        except BaseException:
            _let_go(thread, future)
            raise
        if response.chunks is not None:
            response.chunks = _AwaitedChunks(thread, cast(ChunkStream, response.chunks))
        return response

    def close(self) -> None:
        """Let go of the app, and block until it has."""
        taken = self._leave()
        if taken is not None:
            thread, inner = taken
            try:
                # The thread may have ended with the interpreter.
                with suppress(ConnectError):
                    wait(thread.submit(inner.aclose))
            finally:
                ended = thread.release()
            if ended is not None:
                wait(ended)
                thread.join()

    async def aclose(self) -> None:
        """Let go of the app, and wait in any loop until it has."""
        taken = self._leave()
        if taken is not None:
            thread, inner = taken
            try:
                with suppress(ConnectError):
                    await wait_in_loop(thread.submit(inner.aclose))
            finally:
                ended = thread.release()
            if ended is not None:
                await wait_in_loop(ended)
                thread.join()

    def _take(self) -> tuple[LoopThread, InLoop]:
        process = os.getpid()
        taken = self._taken.get(process)
        if taken is not None:
            return taken
        if self._closed:
            raise ClientClosedError("the transport to the app is closed: make a new one")
        mine = (LoopThread.lease(self._hosting.app), InLoop(self._hosting))
        taken = self._taken.setdefault(process, mine)
        if taken is not mine:
            mine[0].release()
        return taken

    def _leave(self) -> tuple[LoopThread, InLoop] | None:
        self._closed = True
        return self._taken.pop(os.getpid(), None)


def _let_go(thread: LoopThread, future: Future[Response]) -> None:
    """End the streamed answer that came just when its caller went."""
    if future.done() and not future.cancelled() and future.exception() is None:
        chunks = future.result().chunks
        if chunks is not None:
            thread.submit(cast(ChunkStream, chunks).aclose)


class _BlockingChunks(Iterator[bytes]):
    def __init__(self, thread: LoopThread, chunks: ChunkStream) -> None:
        self._thread = thread
        self._chunks = chunks

    def __next__(self) -> bytes:
        piece = wait(self._thread.submit(self._chunks.next))
        if piece is None:
            raise StopIteration
        return piece

    def close(self) -> None:
        wait(self._thread.submit(self._chunks.aclose))


class _AwaitedChunks(AsyncIterator[bytes]):
    def __init__(self, thread: LoopThread, chunks: ChunkStream) -> None:
        self._thread = thread
        self._chunks = chunks

    async def __anext__(self) -> bytes:
        piece = await wait_in_loop(self._thread.submit(self._chunks.next))
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def aclose(self) -> None:
        await wait_in_loop(self._thread.submit(self._chunks.aclose))
