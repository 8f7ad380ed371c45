"""The decision to send again: every class of operation, every phase, every limit."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prefectkit.core.retries.budget import RetryBudget
from prefectkit.core.retries.policy import (
    AMBIGUOUS_STATUSES,
    REFUSED_STATUSES,
    Failure,
    GiveUp,
    Phase,
    Retry,
    RetryPolicy,
    RetrySafety,
    backoff,
    phase_of_status,
)

POLICY = RetryPolicy(max_attempts=3, deadline=30.0, max_retry_after=20.0)


def most(low: float, high: float) -> float:
    return high


def decide(
    retry_safety: RetrySafety,
    failure: Failure,
    *,
    attempt: int = 1,
    remaining: float = 30.0,
    budget: RetryBudget | None = None,
    policy: RetryPolicy = POLICY,
) -> Retry | GiveUp:
    budget = budget or RetryBudget()
    return policy.decide(
        retry_safety, failure, attempt=attempt, remaining=remaining, budget=budget, now=0, uniform=most
    )


MAY_REPEAT_WHAT_IS_AMBIGUOUS = set(RetrySafety) - {RetrySafety.NEVER}


@pytest.mark.parametrize(("retry_safety", "phase"), list(itertools.product(RetrySafety, Phase)))
def test_every_combination(retry_safety: RetrySafety, phase: Phase) -> None:
    for retryable, attempt, remaining, tokens in itertools.product(
        [True, False], [1, 2, 3, 4], [30.0, 0.1, -1.0], [RetryBudget.CAPACITY, RetryBudget.RETRY, RetryBudget.RETRY - 1]
    ):
        budget = RetryBudget()
        budget.tokens = tokens
        decision = decide(retry_safety, Failure(phase, retryable), attempt=attempt, remaining=remaining, budget=budget)
        expected: Retry | GiveUp
        if not retryable:
            expected = GiveUp("final")
        elif phase is Phase.AMBIGUOUS and retry_safety not in MAY_REPEAT_WHAT_IS_AMBIGUOUS:
            expected = GiveUp("retry_safety")
        elif attempt >= POLICY.max_attempts:
            expected = GiveUp("attempts")
        elif remaining < 0.25 * attempt:
            expected = GiveUp("deadline")
        elif tokens < RetryBudget.RETRY:
            expected = GiveUp("budget")
        else:
            expected = Retry(0.25 * attempt, RetryBudget.RETRY)
        assert decision == expected, (retryable, attempt, remaining, tokens)
        assert budget.tokens == tokens - (RetryBudget.RETRY if isinstance(expected, Retry) else 0)


@pytest.mark.parametrize(("retry_safety", "phase"), list(itertools.product(RetrySafety, Phase)))
def test_everything_is_sent_again_where_twice_is_better_than_never(retry_safety: RetrySafety, phase: Phase) -> None:
    policy = RetryPolicy(at_least_once=True)
    assert decide(retry_safety, Failure(phase), policy=policy) == Retry(0.25)
    assert decide(retry_safety, Failure(phase, retryable=False), policy=policy) == GiveUp("final")


@pytest.mark.parametrize(
    ("retry_after", "remaining", "expected"),
    [
        (0.0, 30.0, Retry(1.0)),
        (5.0, 30.0, Retry(5.5)),
        (20.0, 30.0, Retry(21.0)),
        (20.5, 30.0, GiveUp("retry_after")),
        (11.0, 10.0, GiveUp("retry_after")),
        (10.0, 10.0, GiveUp("deadline")),
        (1e18, 30.0, GiveUp("retry_after")),
    ],
)
def test_a_retry_after_is_waited_for_or_not_at_all(
    retry_after: float, remaining: float, expected: Retry | GiveUp
) -> None:
    failure = Failure(Phase.REFUSED, retry_after=retry_after)
    assert decide(RetrySafety.NEVER, failure, remaining=remaining) == expected


def test_a_sleep_that_takes_all_the_time_is_not_begun() -> None:
    assert decide(RetrySafety.READ, Failure(Phase.NOTHING_SENT), remaining=0.25) == GiveUp("deadline")
    assert decide(RetrySafety.READ, Failure(Phase.NOTHING_SENT), remaining=0.26) == Retry(0.25)


@pytest.mark.parametrize(
    ("retry_after", "most_by_attempt"),
    [
        (None, [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0]),
        (0.0, [1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]),
        (5.0, [5.5, 5.5, 5.5, 8.5, 16.5, 20.5, 20.5]),
        (30.0, [31.0] * 7),
    ],
)
def test_the_delays_grow_up_to_a_bound(retry_after: float | None, most_by_attempt: list[float]) -> None:
    failure = Failure(Phase.REFUSED, retry_after=retry_after)
    assert [backoff(failure, attempt, most) for attempt in range(1, 8)] == most_by_attempt
    assert [backoff(failure, attempt, lambda low, high: low) for attempt in range(1, 8)] == [retry_after or 0.0] * 7


def test_the_words_that_are_promised() -> None:
    assert "".join(retry_safety.value for retry_safety in RetrySafety) == "RIKCDX"
    assert [phase.value for phase in Phase] == ["nothing sent", "refused before it was applied", "ambiguous"]


def test_the_numbers_that_are_promised() -> None:
    assert (RetryBudget.CAPACITY, RetryBudget.RETRY, RetryBudget.TIMEOUT_RETRY, RetryBudget.PER_SECOND) == (
        500,
        5,
        10,
        1,
    )
    assert RetryBudget().tokens == 500
    assert RetryPolicy() == RetryPolicy(
        max_attempts=5, deadline=90.0, max_retry_after=60.0, extra_statuses=frozenset(), at_least_once=False
    )


def test_a_timeout_costs_more() -> None:
    budget = RetryBudget()
    decide(RetrySafety.READ, Failure(Phase.AMBIGUOUS, timed_out=True), budget=budget)
    assert budget.tokens == RetryBudget.CAPACITY - RetryBudget.TIMEOUT_RETRY


def test_the_budget_refills_to_its_capacity_and_no_further() -> None:
    budget = RetryBudget()
    budget.add(1)
    assert budget.tokens == RetryBudget.CAPACITY
    assert budget.take(RetryBudget.CAPACITY, 0)
    assert budget.take(1, 0) is False
    budget.add(1)
    assert budget.take(1, 0)
    assert budget.tokens == 0


def test_the_budget_refills_with_time() -> None:
    budget = RetryBudget()
    assert budget.take(RetryBudget.CAPACITY, 1000)
    assert not budget.take(5, 1004.5)
    # A clock that was put back takes nothing away.
    assert not budget.take(5, 900)
    assert budget.tokens == 4.5
    assert budget.take(5, 900.5)
    assert budget.tokens == 0
    assert budget.take(1, 10**6)
    assert budget.tokens == RetryBudget.CAPACITY - 1


def test_a_retry_says_what_it_took() -> None:
    for timed_out, cost in ((False, RetryBudget.RETRY), (True, RetryBudget.TIMEOUT_RETRY)):
        decision = decide(RetrySafety.READ, Failure(Phase.AMBIGUOUS, timed_out=timed_out))
        assert decision == Retry(0.25, cost)


@given(
    attempt=st.integers(1, 10_000),
    retry_after=st.none() | st.floats(0, 1e18),
    draw=st.floats(0, 1),
)
def test_a_delay_is_finite_within_bounds_and_never_before_retry_after(
    attempt: int, retry_after: float | None, draw: float
) -> None:
    failure = Failure(Phase.REFUSED, retry_after=retry_after)
    delay = backoff(failure, attempt, lambda low, high: low + (high - low) * draw)
    assert math.isfinite(delay)
    if retry_after is None:
        assert 0 <= delay <= min(8, 0.25 * 2 ** min(attempt - 1, 5))
    else:
        assert retry_after <= delay <= max(retry_after, 20) + 1


@given(
    retry_safety=st.sampled_from(RetrySafety),
    failure=st.builds(
        Failure,
        st.sampled_from(Phase),
        retryable=st.booleans(),
        timed_out=st.booleans(),
        retry_after=st.none() | st.floats(0, 1e6),
    ),
    attempt=st.integers(1, 10),
    remaining=st.floats(-10, 100),
)
def test_a_decision_to_go_on_keeps_every_limit(
    retry_safety: RetrySafety, failure: Failure, attempt: int, remaining: float
) -> None:
    decision = decide(retry_safety, failure, attempt=attempt, remaining=remaining)
    if isinstance(decision, Retry):
        assert 0 <= decision.delay < remaining
        assert attempt < POLICY.max_attempts
        assert failure.retryable
        assert failure.retry_after is None or failure.retry_after <= POLICY.max_retry_after


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        *((status, Phase.REFUSED) for status in sorted(REFUSED_STATUSES)),
        *((status, Phase.AMBIGUOUS) for status in sorted(AMBIGUOUS_STATUSES)),
        (418, Phase.AMBIGUOUS),
        *((status, None) for status in (200, 301, 400, 401, 403, 404, 409, 422, 423, 501, 505)),
    ],
)
def test_the_phase_that_a_status_stands_for(status: int, phase: Phase | None) -> None:
    assert phase_of_status(status, frozenset({418})) is phase


def test_the_statuses_that_are_faults() -> None:
    assert REFUSED_STATUSES == {425, 429}
    assert AMBIGUOUS_STATUSES == {408, 500, 502, 503, 504}
