"""State that belongs to one process, or to one event loop in it: connections, locks, threads.

A connection can be used and closed only in its own event loop. A forked child must not touch the connections of its
parent, and does not have its threads.

    locks = ProcessLocal(threading.RLock)
    with locks.get():
        ...

    pools = LoopLocal(make_pool, aclose=Pool.aclose)
    pool = pools.get() or await pools.start()
    await pools.aclose()
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Generic, NoReturn, TypeAlias, TypeVar

import sniffio

from prefectkit.core.errors import ClientClosedError

T = TypeVar("T")
Place: TypeAlias = tuple[int, object]


class ProcessLocal(Generic[T]):
    """One value for each process, made on first use. For any thread and signal handler.

    Args:
        make: Makes a value.
        discard: Called with a value that is not used, because another thread made one first.
    """

    __slots__ = ("_discard", "_is_closed", "_make", "_values")

    def __init__(self, make: Callable[[], T], discard: Callable[[T], object] | None = None) -> None:
        self._make = make
        self._discard = discard
        self._is_closed = False
        # No lock: a forked child could inherit it locked.
        self._values: dict[int, T] = {}

    def get(self) -> T:
        """The value of this process.

        Raises:
            ClientClosedError: It was closed.
        """
        process = os.getpid()
        value = self._values.get(process)
        if value is not None:
            return value
        if self._is_closed:
            raise_closed()
        made = self._make()
        value = self._values.setdefault(process, made)
        if value is not made and self._discard is not None:
            self._discard(made)
        return value

    def close(self) -> T | None:
        """Refuse further use, and return the value of this process for the caller to close; None if there is none."""
        self._is_closed = True
        return self._values.pop(os.getpid(), None)


class LoopLocal(Generic[T]):
    """One value for each event loop of each process, asyncio's or trio's. Values of loops that ended are forgotten.

    Args:
        make: Makes a value in the running event loop.
        aclose: Closes a value in its event loop. Only `start` and `aclose` use it.
    """

    def __init__(self, make: Callable[[], T], aclose: Callable[[T], Awaitable[object]] | None = None) -> None:
        self._make = make
        self._aclose = aclose
        self._is_closed = False
        self._values: dict[Place, T] = {}
        self._closers: dict[Place, AsyncGenerator[None]] = {}

    def get(self) -> T | None:
        """The value of the running event loop; None if it has none yet."""
        return self._values.get(_place())

    def get_or_make(self) -> T:
        """The value of the running event loop; it is made if there is none.

        Raises:
            ClientClosedError: It was closed.
        """
        place = _place()
        value = self._values.get(place)
        if value is None:
            if self._is_closed:
                raise_closed()
            self._forget_ended(place[0])
            value = self._values[place] = self._make()
        return value

    async def start(self) -> T:
        """Like `get_or_make`, and the event loop closes the value when it ends, unless `aclose` was called before.

        Raises:
            ClientClosedError: It was closed.
        """
        value = self.get_or_make()
        place = _place()
        if self._aclose is not None and place not in self._closers:
            closer = self._closers[place] = _close_at_end(value, self._aclose)
            await anext(closer)
        return value

    def close(self) -> tuple[T | None, list[T]]:
        """Refuse further use, and return the values of this process for the caller to close.

        Returns:
            The value of the running event loop, and those of other event loops.
        """
        self._is_closed = True
        place = _place()
        value = self._values.pop(place, None)
        other_loops = [key for key in list(self._values) if key[0] == place[0]]
        return value, [self._values.pop(key) for key in other_loops]

    async def aclose(self) -> None:
        """Refuse further use, and close the value of the running event loop. Calling it again does nothing.

        The values of other event loops are closed when those end; the values of a parent process stay open.
        """
        self.close()
        place = _place()
        closer = self._closers.pop(place, None)
        for key in [key for key in list(self._closers) if key[0] == place[0]]:
            # Each event loop closes its value when nothing refers to it.
            self._closers.pop(key, None)
        if closer is not None:
            await closer.aclose()

    def _forget_ended(self, process: int) -> None:
        for place in list(self._values):
            if place[0] == process and has_ended(place[1]):
                self._values.pop(place, None)
                self._closers.pop(place, None)


def running_loop() -> Any:
    """The running event loop: asyncio's loop, or trio's token. Equal for the same loop, and for no other.

    Raises:
        sniffio.AsyncLibraryNotFoundError: None is running.
    """
    if sniffio.current_async_library() == "trio":
        # trio may not be installed, but it is imported if it runs.
        import trio

        return trio.lowlevel.current_trio_token()
    # Imported lazily: a sync client never needs it.
    import asyncio

    return asyncio.get_running_loop()


def has_ended(loop: Any) -> bool:
    """Whether an event loop that `running_loop` returned has ended. From any thread."""
    if hasattr(loop, "is_closed"):
        return bool(loop.is_closed())
    import trio

    try:
        loop.run_sync_soon(_nothing)
    except trio.RunFinishedError:
        return True
    return False


def raise_closed() -> NoReturn:
    """Raise the error of a use after the close."""
    raise ClientClosedError("the transport is closed: make a new one")


def _place() -> Place:
    return os.getpid(), running_loop()


async def _close_at_end(value: T, aclose: Callable[[T], Awaitable[object]]) -> AsyncGenerator[None]:
    # asyncio and trio close their async generators when they end, while I/O is still possible.
    try:
        yield
    finally:
        await aclose(value)


def _nothing() -> None:
    pass
