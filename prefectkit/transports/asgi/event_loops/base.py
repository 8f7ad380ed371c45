"""What the ASGI transports need of an event loop, and of its cancellation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

import anyio


class Signal(Protocol):
    """Wakes one waiting task, once."""

    def set(self) -> None: ...

    async def wait(self, seconds: float | None) -> bool:
        """True when it is set, False if the time is over first."""
        ...


class EventLoop(Protocol):
    """An event loop.

    Attributes:
        key: asyncio's loop or trio's token: equal for the same event loop only.
    """

    key: object

    def call_soon(self, function: Callable[[], object]) -> None:
        """Call a function in the event loop, from any thread. Does nothing if the event loop has ended."""
        ...

    def signal(self) -> Signal:
        """A signal for a task of this event loop."""
        ...


def is_cancellation(error: BaseException) -> bool:
    """Whether it is the cancellation of the running event loop."""
    # A coroutine that is closed by the garbage collector has no running event loop.
    return not isinstance(error, GeneratorExit) and isinstance(error, anyio.get_cancelled_exc_class())


def must_propagate(error: BaseException) -> bool:
    """Whether a task must raise it: a cancellation, `KeyboardInterrupt`, or a group that contains nothing else.

    `SystemExit` is not one: an app that exits does not end its callers.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(map(must_propagate, cast(BaseExceptionGroup[BaseException], error).exceptions))
    return isinstance(error, (KeyboardInterrupt, GeneratorExit)) or is_cancellation(error)
