"""A rate limiter (token bucket): a number of requests per minute, and none during a pause."""

from __future__ import annotations

import math
import random
from typing import Final

from prefectkit.core.concurrency.fork_safe_lock import ForkSafeLock

BURST: Final = 1 / 12
"""The share of a minute's requests that may be sent at once. The rest is spread, so that no minute has more."""

LONGEST_PAUSE: Final = 60.0
"""The longest time in seconds for which the refusal of one call delays others."""

PAUSING_STATUSES: Final = (429, 503)
"""The statuses that also delay other calls: too many requests, or an overloaded server."""


class RateLimiter:
    """Computes how long to wait before each request. Requests that exceed the rate reserve later times.

    Args:
        per_minute: How many requests per minute; infinite for no limit.

    Attributes:
        reserved_until: The time up to which every slot is reserved.
    """

    def __init__(self, per_minute: float = math.inf) -> None:
        self._interval = 60 / (per_minute * (1 - BURST))
        self._burst = max(0.0, per_minute * BURST - 1) * self._interval if self._interval else 0.0
        self._lock = ForkSafeLock()
        self.reserved_until = -math.inf

    def reserve(self, count: int, now: float) -> float:
        """Reserve a number of slots, and return the seconds to wait before using them."""
        with self._lock.held():
            start = max(self.reserved_until, now - self._burst)
            self.reserved_until = start + count * self._interval
        wait = max(0.0, start - now)
        # Without a rate, only jitter keeps the requests that waited for a pause from starting all at once.
        return wait if self._interval else wait + random.uniform(0, min(1.0, 0.1 * wait))

    def release(self, count: int) -> None:
        """Release slots that were reserved and not used."""
        with self._lock.held():
            self.reserved_until -= count * self._interval

    def pause_until(self, until: float) -> None:
        """Reserve every slot before this time."""
        with self._lock.held():
            self.reserved_until = max(self.reserved_until, until)
