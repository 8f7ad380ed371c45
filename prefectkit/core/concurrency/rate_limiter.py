"""What may be sent in some time, and who has to wait: for a limit of so many a minute, or for a refusal to be over."""

from __future__ import annotations

import math
import random
from typing import Final

from prefectkit.core.concurrency.short_locks import ShortLock

BURST: Final = 1 / 12
"""The share of a minute's number that may be sent at once. The rest comes in evenly, so that no minute has more."""

LONGEST: Final = 60.0
"""Seconds for which a refusal of one call can hold back the others."""

HOLDING: Final = (429, 503)
"""The statuses that concern more than the call that got them: too many requests, or a server that cannot cope."""


class Bucket:
    """What may be sent. Whoever finds it empty owes what comes in next, and waits for it.

    Args:
        per_minute: How much comes in; infinite for no limit.

    Attributes:
        paid_until: The time up to which it is given out.
    """

    def __init__(self, per_minute: float = math.inf) -> None:
        self._each = 60 / (per_minute * (1 - BURST))
        self._burst = max(0.0, per_minute * BURST - 1) * self._each if self._each else 0.0
        self._lock = ShortLock()
        self.paid_until = -math.inf

    def take(self, count: int, now: float) -> float:
        """Take so much; the seconds to wait first."""
        with self._lock.held():
            start = max(self.paid_until, now - self._burst)
            self.paid_until = start + count * self._each
        wait = max(0.0, start - now)
        # Without a limit nothing else keeps all that waited from starting at once.
        return wait if self._each else wait + random.uniform(0, min(1.0, 0.1 * wait))

    def put_back(self, count: int) -> None:
        """Put back what was taken and not used."""
        with self._lock.held():
            self.paid_until -= count * self._each

    def hold(self, until: float) -> None:
        """Give nothing out before that time."""
        with self._lock.held():
            self.paid_until = max(self.paid_until, until)
