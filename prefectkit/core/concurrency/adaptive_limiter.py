"""Adaptive limiter (AIMD): limits the calls in flight, with additive increase and multiplicative decrease.

The calls of one bulk share a limiter. When the server refuses one of them, all of them slow down.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from prefectkit.core.concurrency.rate_limiter import LONGEST_PAUSE, PAUSING_STATUSES, RateLimiter
from prefectkit.core.errors import CallError, PrefectKitError, StatusError
from prefectkit.core.io import IO

INITIAL_LIMIT: Final = 4
"""How many calls may be in flight at first. Until one is refused, each call that ends raises the limit by one."""

SLOW_INCREASE: Final = 0.1
"""By how much each call that ends raises the limit after the first refusal: ten calls for one more in flight."""


class AdaptiveLimiter:
    """Limits the calls in flight of one bulk.

    Args:
        maximum: The limit is never higher.

    Attributes:
        limit: How many calls may be in flight now.
        is_closed: Whether the bulk was left, so that nothing more is sent.
    """

    def __init__(self, maximum: int) -> None:
        self.limit = float(min(maximum, INITIAL_LIMIT))
        self.is_closed = False
        self._maximum = maximum
        self._increase = 1.0
        self._was_refused = False
        self._pause = RateLimiter()

    def on_error(self, error: CallError, now: float) -> None:
        """Note that the server refused a call (429 or 503). With a `Retry-After`, all calls wait that long."""
        if isinstance(error, StatusError) and error.status in PAUSING_STATUSES:
            self._was_refused = True
            if error.retry_after is not None:
                self._pause.pause_until(now + min(error.retry_after, LONGEST_PAUSE))

    def on_end(self) -> None:
        """Note that a call ended: halve the limit after a refusal, else raise it."""
        if self._was_refused:
            self._was_refused, self._increase = False, SLOW_INCREASE
            self.limit = max(1.0, self.limit / 2)
        else:
            self.limit = min(self._maximum, self.limit + self._increase)

    async def acquire(self, io: IO, seconds: float) -> bool:
        """Wait until the pause is over; return False at once if that takes `seconds` or longer.

        Raises:
            PrefectKitError: The bulk was left.
        """
        until: float | None = None
        # The pause may have been extended meanwhile. If not, the clock stands still, as in playback: do not wait twice.
        while (wait := self._pause.reserve(1, io.monotonic())) and self._pause.reserved_until != until:
            until = self._pause.reserved_until
            if wait >= seconds:
                return False
            await io.sleep(wait)
            seconds -= wait
        if self.is_closed:
            raise PrefectKitError("not sent: the bulk that this call belongs to was left")
        return True


shared_limiter: ContextVar[AdaptiveLimiter | None] = ContextVar("prefectkit shared limiter", default=None)
"""The limiter that calls in this context share; None outside of a bulk."""
