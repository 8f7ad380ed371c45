"""Backpressure: a bounded queue between the app and the one reader of its response."""

from __future__ import annotations

from collections import deque

import anyio

CAPACITY = 8
"""Chunks that wait for the reader; with so many, the app waits."""


class Channel:
    """A bounded queue of chunks with one writer and one reader."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._closed = False
        self._changed = anyio.Event()

    async def put(self, chunk: bytes) -> None:
        """Add a chunk, and wait while the queue is full."""
        self._chunks.append(chunk)
        self._wake()
        while len(self._chunks) >= CAPACITY and not self._closed:
            await self._changed.wait()

    async def get(self) -> bytes | None:
        """Wait for the next chunk; None when the queue is closed and empty."""
        while not self._chunks and not self._closed:
            await self._changed.wait()
        if not self._chunks:
            return None
        chunk = self._chunks.popleft()
        self._wake()
        return chunk

    def close(self) -> None:
        """End the queue. Its chunks can still be read."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = anyio.Event()
