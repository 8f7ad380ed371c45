"""The retry policy: whether a request is sent again, and when. Decisions only, no clock, no I/O.

The decision is a function of the operation's `RetrySafety`, the `Phase` in which the attempt failed, the time that is
left and the retry budget. The delay is an exponential backoff with full jitter.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import msgspec

from prefectkit.core.retries.budget import RetryBudget


class RetrySafety(Enum):
    """What a second copy of the same request would do at the server."""

    READ = "R"
    """Nothing: it only reads."""
    IDEMPOTENT = "I"
    """Nothing: the server returns the first copy's object, or writes the same values again."""
    KEYED = "K"
    """Nothing, because of the idempotency key that the SDK adds."""
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
    """The phase that a status stands for; None if it is final, so that a retry has no use."""
    if status in REFUSED_STATUSES:
        return Phase.REFUSED
    if status in AMBIGUOUS_STATUSES or status in extra:
        return Phase.AMBIGUOUS
    return None


class Failure(msgspec.Struct, frozen=True):
    """A failed attempt, as the policy sees it.

    Attributes:
        phase: How far it came.
        retryable: False if a retry cannot help: a bad certificate, a malformed request.
        timed_out: Whether it ended by a timeout.
        retry_after: Seconds that the server asked to wait.
    """

    phase: Phase
    retryable: bool = True
    timed_out: bool = False
    retry_after: float | None = None


class Retry(msgspec.Struct, frozen=True):
    """The decision to send the request again.

    Attributes:
        delay: Seconds to wait first.
        cost: The tokens that it took from the retry budget.
    """

    delay: float
    cost: int = RetryBudget.RETRY


class GiveUp(msgspec.Struct, frozen=True):
    """The decision to raise the error.

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
        extra_statuses: Further statuses to retry.
        at_least_once: Retry even if an earlier attempt may have been applied and a second one repeats its effect.
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
        budget: RetryBudget,
        now: float,
        uniform: Callable[[float, float], float],
    ) -> Retry | GiveUp:
        """Decide on the failure of attempt number `attempt` (from 1) with `remaining` seconds left.

        `now` is the clock's time, by which the budget fills. `uniform` draws the jitter, as `random.uniform` does. A
        `Retry` takes its cost from the budget.
        """
        if not failure.retryable:
            return GiveUp("final")
        if failure.phase is Phase.AMBIGUOUS and retry_safety is RetrySafety.NEVER and not self.at_least_once:
            return GiveUp("retry_safety")
        if attempt >= self.max_attempts:
            return GiveUp("attempts")
        if failure.retry_after is not None and failure.retry_after > min(self.max_retry_after, remaining):
            return GiveUp("retry_after")
        delay = backoff(failure, attempt, uniform)
        if delay >= remaining:
            return GiveUp("deadline")
        cost = RetryBudget.TIMEOUT_RETRY if failure.timed_out else RetryBudget.RETRY
        if not budget.take(cost, now):
            return GiveUp("budget")
        return Retry(delay, cost)


def backoff(failure: Failure, attempt: int, uniform: Callable[[float, float], float]) -> float:
    """Exponential backoff with full jitter: the seconds to wait after attempt number `attempt`.

    Without a Retry-After it is `uniform(0, min(8, 0.25 * 2**i))`. A Retry-After is the minimum: the delay is
    the larger of it and `uniform(0, min(20, 2**i))`, plus up to a tenth of it, so that clients do not return at once.
    """
    i = min(attempt - 1, 10)
    if failure.retry_after is None:
        return uniform(0, min(8.0, 0.25 * 2**i))
    floor = failure.retry_after
    return max(floor, uniform(0, min(20.0, 2.0**i))) + uniform(0, min(1.0, 0.1 * floor))
