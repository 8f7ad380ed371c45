"""A rate limiter (token bucket): so many requests per minute, and none before a pause is over."""

from __future__ import annotations

import math
import random
from typing import Final

from prefectkit.core.concurrency.fork_safe_lock import ForkSafeLock

BURST: Final = 1 / 12
"""The share of a minute's requests that may be sent at once. The rest is spread, so that no minute has more."""

LONGEST_PAUSE: Final = 60.0
"""Seconds for which the refusal of one call may hold back others."""

PAUSING_STATUSES: Final = (429, 503)
"""The statuses that concern other calls too: too many requests, or a server that is overloaded."""


class RateLimiter:
    """Says how long to wait before each request. Requests that exceed the rate reserve later times.

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
        """Reserve so many slots, and return the seconds to wait before using them."""
        with self._lock.held():
            start = max(self.reserved_until, now - self._burst)
            self.reserved_until = start + count * self._interval
        wait = max(0.0, start - now)
        # Without a rate, only jitter keeps the requests that waited for a pause from starting all at once.
        return wait if self._interval else wait + random.uniform(0, min(1.0, 0.1 * wait))

    def release(self, count: int) -> None:
        """Give back slots that were reserved and not used."""
        with self._lock.held():
            self.reserved_until -= count * self._interval

    def pause_until(self, until: float) -> None:
        """Reserve every slot before this time."""
        with self._lock.held():
            self.reserved_until = max(self.reserved_until, until)
