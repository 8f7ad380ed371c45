"""The retry budget: a token bucket per client that limits retries while a server fails."""

from __future__ import annotations


class RetryBudget:
    """A token bucket. Each retry takes tokens; successful calls and time add them.

    Attributes:
        tokens: The number of tokens at the last retry or success.
    """

    CAPACITY = 500
    RETRY = 5
    TIMEOUT_RETRY = 10
    PER_SECOND = 1.0

    __slots__ = ("_filled_at", "tokens")

    def __init__(self) -> None:
        self.tokens: float = self.CAPACITY
        self._filled_at: float | None = None

    def take(self, cost: int, now: float) -> bool:
        """Take the tokens of one retry; False if there are too few. `now` is the clock's time in seconds."""
        if self._filled_at is not None:
            self.add(max(0.0, now - self._filled_at) * self.PER_SECOND)
        self._filled_at = now
        if self.tokens < cost:
            return False
        self.tokens -= cost
        return True

    def add(self, count: float) -> None:
        """Add tokens: one for a call that succeeded at once, else those that its last retry took."""
        if self.tokens < self.CAPACITY:
            self.tokens = min(self.CAPACITY, self.tokens + count)
