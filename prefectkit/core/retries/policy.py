"""Whether to send a request again, and when: decisions only, no clock, no I/O.

The decision is a function of what the operation allows (`RetrySafety`), how far the failed attempt came (`Phase`),
what time is left, and what the budget allows.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import msgspec


class RetrySafety(Enum):
    """What a second copy of the same request would do at the server."""

    READ = "R"
    """Nothing: it only reads."""
    IDEMPOTENT = "I"
    """Nothing: the server returns the first copy's object, or writes the same values again."""
    KEYED = "K"
    """Nothing, by the key that the SDK puts in."""
    CONFLICT = "C"
    """A conflict (409) with the object that the first copy created: it is read back and compared."""
    DELETE = "D"
    """Not found (404), since the first copy deleted it."""
    NEVER = "X"
    """The same effect twice."""


class Phase(Enum):
    """How far a failed attempt came."""

    NOTHING_SENT = "nothing sent"
    REFUSED = "refused before it was applied"
    AMBIGUOUS = "ambiguous"


REFUSED_STATUSES = frozenset({425, 429})
AMBIGUOUS_STATUSES = frozenset({408, 500, 502, 503, 504})


def phase_of_status(status: int, extra: frozenset[int] = frozenset()) -> Phase | None:
    """The phase that a status stands for; None where it is an answer and not a fault."""
    if status in REFUSED_STATUSES:
        return Phase.REFUSED
    if status in AMBIGUOUS_STATUSES or status in extra:
        return Phase.AMBIGUOUS
    return None


class Failure(msgspec.Struct, frozen=True):
    """What the policy needs to know of a failed attempt.

    Attributes:
        phase: How far it came.
        retryable: False for what no repetition mends: a bad certificate, a malformed request.
        timed_out: It ended by the clock.
        retry_after: Seconds that the server asked to wait.
    """

    phase: Phase
    retryable: bool = True
    timed_out: bool = False
    retry_after: float | None = None


class Budget:
    """A token bucket that keeps a failing server from being stormed: retries take tokens, successes and time add them.

    Attributes:
        tokens: How many there were at the last retry or success.
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
        """Pay for one retry; False where the bucket is too empty. `now` is the clock's reading in seconds."""
        if self._filled_at is not None:
            self.add(max(0.0, now - self._filled_at) * self.PER_SECOND)
        self._filled_at = now
        if self.tokens < cost:
            return False
        self.tokens -= cost
        return True

    def add(self, count: float) -> None:
        """Put tokens in: one for a call that succeeded at once, else those that its last retry took."""
        if self.tokens < self.CAPACITY:
            self.tokens = min(self.CAPACITY, self.tokens + count)


class Again(msgspec.Struct, frozen=True):
    """Send it again.

    Attributes:
        delay: Seconds to wait first.
        cost: The tokens that it took from the budget.
    """

    delay: float
    cost: int = Budget.RETRY


class Stop(msgspec.Struct, frozen=True):
    """Give up.

    Attributes:
        reason: Why, in one word: `final`, `retry_safety`, `attempts`, `deadline`, `retry_after` or `budget`.
    """

    reason: str


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one call.

    Attributes:
        max_attempts: How often a request is sent at most, the first time included.
        deadline: Seconds for the whole call: waiting, every attempt, every pause, reading the body.
        max_retry_after: The longest Retry-After, in seconds, that is waited for; a longer one ends the call at once.
        extra_statuses: Further statuses to treat as faults.
        at_least_once: Send again even what a second copy does twice, once the first may have arrived.
    """

    max_attempts: int = 5
    deadline: float = 90.0
    max_retry_after: float = 60.0
    extra_statuses: frozenset[int] = frozenset()
    at_least_once: bool = False

    def decide(
        self,
        retry_safety: RetrySafety,
        failure: Failure,
        *,
        attempt: int,
        remaining: float,
        budget: Budget,
        now: float,
        uniform: Callable[[float, float], float],
    ) -> Again | Stop:
        """Decide on the failure of attempt number `attempt` (from 1) with `remaining` seconds left.

        `now` is the clock's reading, by which the budget fills. `uniform` draws the jitter, as `random.uniform` does.
        A yes takes its price from the budget.
        """
        if not failure.retryable:
            return Stop("final")
        if failure.phase is Phase.AMBIGUOUS and retry_safety is RetrySafety.NEVER and not self.at_least_once:
            return Stop("retry_safety")
        if attempt >= self.max_attempts:
            return Stop("attempts")
        if failure.retry_after is not None and failure.retry_after > min(self.max_retry_after, remaining):
            return Stop("retry_after")
        delay = backoff(failure, attempt, uniform)
        if delay >= remaining:
            return Stop("deadline")
        cost = Budget.TIMEOUT_RETRY if failure.timed_out else Budget.RETRY
        if not budget.take(cost, now):
            return Stop("budget")
        return Again(delay, cost)


def backoff(failure: Failure, attempt: int, uniform: Callable[[float, float], float]) -> float:
    """Seconds to wait after attempt number `attempt`.

    Full jitter, `uniform(0, min(8, 0.25 * 2**i))`. Where the server named a time it is the floor, and the spread above
    it, `uniform(0, min(20, 2**i))` against it plus up to a tenth of it, keeps its clients from returning all at once.
    """
    i = min(attempt - 1, 10)
    if failure.retry_after is None:
        return uniform(0, min(8.0, 0.25 * 2**i))
    floor = failure.retry_after
    return max(floor, uniform(0, min(20.0, 2.0**i))) + uniform(0, min(1.0, 0.1 * floor))
