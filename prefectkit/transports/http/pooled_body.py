"""Response bodies that release their connection to the connection pool when they are closed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any


class PooledBody:
    """The body of a response, which releases its connection when closed.

    Args:
        inner: The body.
        release: Called once, with whether the connection can be used again: the body was read to its end, and closing
            it raised nothing.
        reusable: False if the connection cannot be used again in any case.
    """

    def __init__(self, inner: Any, release: Callable[[bool], None], *, reusable: bool) -> None:
        self._inner = inner
        self._release: Callable[[bool], None] | None = release
        self._reusable = reusable
        self._is_complete = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner
        self._is_complete = True

    def close(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            reusable = False
            try:
                self._inner.close()
                reusable = self._reusable and self._is_complete
            finally:
                release(reusable)


class AsyncPooledBody:
    """The body of a response, which releases its connection when closed.

    Args:
        inner: The body.
        release: Called once.
    """

    def __init__(self, inner: Any, release: Callable[[], Awaitable[None]]) -> None:
        self._inner = inner
        self._release: Callable[[], Awaitable[None]] | None = release

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._inner)

    async def aclose(self) -> None:
        release, self._release = self._release, None
        if release is not None:
            try:
                await self._inner.aclose()
            finally:
                await release()
