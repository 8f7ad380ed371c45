"""The points at which the engine calls plugins, and the `Call` that it passes to them.

The engine calls plain tuples of functions; an empty tuple costs nothing. The plugin manager fills and orders them, and
decides what happens when one raises.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from itertools import count
from typing import Any, TypeAlias

from prefectkit.core.errors import TransportTimeout
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.operation import Operation
from prefectkit.core.retries.policy import Phase

AuthFlow: TypeAlias = Generator[Request, Response, "bool | None"]
"""An authentication that needs requests of its own.

It yields its own requests and receives their responses. It may also yield the request that it was given, and receives
its response; if it then returns True, that request is authenticated and sent once more.
"""

_ids = count(1)


class Call:
    """One logical call with all of its attempts.

    Args:
        operation: What is called.
        request: The request of the first attempt.
        clock: The engine's clock, in seconds.

    Attributes:
        id: A number that no other call of this process has.
        operation: What is called.
        request: The request of the next or current attempt.
        attempt: The number of that attempt, from 1; 0 before the first.
        started: The engine's clock at the start, in seconds.
        plugin: The name of the plugin whose hook is called.
        states: The dictionaries of all plugins, by name.
    """

    __slots__ = ("_clock", "attempt", "id", "operation", "plugin", "request", "started", "states")

    def __init__(self, operation: Operation, request: Request, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.id = next(_ids)
        self.operation = operation
        self.request = request
        self.attempt = 0
        self.started = clock()
        self.plugin = ""
        self.states: dict[str, dict[str, Any]] = {}

    @property
    def elapsed(self) -> float:
        """Seconds since the start, by the engine's clock."""
        return self._clock() - self.started

    @property
    def state(self) -> dict[str, Any]:
        """A dictionary of the plugin whose hook is called, the same in all of its hooks on this call."""
        return self.states.setdefault(self.plugin, {})

    def __repr__(self) -> str:
        return f"<Call {self.operation.name} attempt={self.attempt}>"


class Hooks:
    """The functions to call, in call order."""

    __slots__ = (
        "after_call",
        "after_response",
        "authenticate",
        "before_call",
        "before_send",
        "call_failed",
        "retry_decided",
        "send_failed",
        "throttle",
    )

    def __init__(self) -> None:
        self.before_call: tuple[Callable[[Call], object], ...] = ()
        self.throttle: tuple[Callable[[Call], float | None], ...] = ()
        self.authenticate: tuple[Callable[[Request], AuthFlow | None], ...] = ()
        self.before_send: tuple[Callable[[Call, Request], object], ...] = ()
        self.after_response: tuple[Callable[[Call, Request, Response], object], ...] = ()
        self.send_failed: tuple[Callable[[Call, Request, Exception], object], ...] = ()
        self.retry_decided: tuple[Callable[[Call, Exception, float], object], ...] = ()
        self.after_call: tuple[Callable[[Call, Response], object], ...] = ()
        self.call_failed: tuple[Callable[[Call, BaseException], object], ...] = ()


def delay_of(call: Call, throttles: tuple[Callable[[Call], float | None], ...]) -> float:
    """Seconds to wait before an attempt: the longest delay that a hook returns."""
    delay = 0.0
    for throttle in throttles:
        seconds = throttle(call)
        if seconds is not None and seconds > delay:
            delay = seconds
    return delay


async def hold_back(delay: float, remaining: float, sleep: Callable[[float], Awaitable[None]]) -> None:
    """Wait before an attempt, as a throttle hook asks.

    Raises:
        TransportTimeout: The delay is longer than the remaining time.
    """
    if delay >= remaining > 0:
        raise TransportTimeout(
            f"a plugin holds the call back for {delay:g} s, and {remaining:g} s of its time are left",
            phase=Phase.NOTHING_SENT,
            retryable=False,
        )
    await sleep(delay)
