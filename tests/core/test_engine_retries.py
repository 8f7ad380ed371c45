"""What is sent again: by what a second copy would do, and by how far the first one came; and the limits of it."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    CallError,
    ClientClosedError,
    ConnectError,
    IncompleteResponse,
    NotFound,
    ResponseDecodeError,
    StatusError,
    TooManyRequests,
    TransportError,
    TransportTimeout,
)
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import run
from prefectkit.core.options import Options
from prefectkit.core.retries.budget import RetryBudget
from prefectkit.core.retries.policy import Phase, RetryPolicy, RetrySafety
from tests.core.calls import DOWN, REPEATED, RESET, call, operation, options
from tests.fakes import URL, AsyncFakeTransport, Clock, FakeTransport, engine_of, response

FAULTS: list[tuple[Any, Phase | None]] = [
    (DOWN, Phase.NOTHING_SENT),
    (TransportTimeout("pool", phase=Phase.NOTHING_SENT), Phase.NOTHING_SENT),
    (TransportError("goaway", phase=Phase.REFUSED), Phase.REFUSED),
    (RESET, Phase.AMBIGUOUS),
    (TransportTimeout("read"), Phase.AMBIGUOUS),
    *((response({"detail": "x"}, status), Phase.REFUSED) for status in (425, 429)),
    *((response({"detail": "x"}, status), Phase.AMBIGUOUS) for status in (408, 500, 502, 503, 504)),
    (response(b'{"cut'), Phase.AMBIGUOUS),
    *((response({"detail": "x"}, status), None) for status in (301, 400, 401, 403, 404, 409, 418, 422, 423, 501)),
]


@pytest.mark.parametrize("retry_safety", RetrySafety)
@pytest.mark.parametrize(("fault", "phase"), FAULTS, ids=lambda value: str(value)[:30])
def test_a_fault_is_sent_again_where_that_is_safe(retry_safety: RetrySafety, fault: Any, phase: Phase | None) -> None:
    transport, clock = FakeTransport(fault, response("ok")), Clock()
    engine = engine_of(transport, clock=clock)
    if phase in (Phase.NOTHING_SENT, Phase.REFUSED) or (phase is Phase.AMBIGUOUS and retry_safety in REPEATED):
        assert call(engine, retry_safety) == "ok"
        assert len(transport.requests) == 2
        assert clock.sleeps == [0.25]
        return
    with pytest.raises(CallError) as caught:
        call(engine, retry_safety)
    error = caught.value
    assert len(transport.requests) == 1
    assert clock.sleeps == []
    assert error.operation is not None
    assert (error.operation.name, error.attempts) == ("flows.do", 1)
    assert isinstance(error, AmbiguousOutcomeError) is (phase is Phase.AMBIGUOUS)
    assert error.maybe_applied is (phase is Phase.AMBIGUOUS)
    if phase is None:
        assert isinstance(error, StatusError)


@pytest.mark.parametrize("retry_safety", RetrySafety)
@pytest.mark.parametrize(
    "fault",
    [
        TransportError("bad certificate", phase=Phase.NOTHING_SENT, retryable=False),
        response(b"<p>", headers={"content-type": "text/html"}),
    ],
)
def test_what_no_repetition_mends_is_not_sent_again(retry_safety: RetrySafety, fault: Any) -> None:
    transport = FakeTransport(fault)
    with pytest.raises((TransportError, ResponseDecodeError)) as caught:
        call(engine_of(transport), retry_safety, int)
    assert len(transport.requests) == 1
    assert caught.value.retryable is False


@pytest.mark.parametrize("retry_safety", RetrySafety)
@pytest.mark.parametrize(("status", "is_open"), [(501, False), (505, False), (520, True), (524, True)])
def test_a_status_of_a_proxy_is_final_and_leaves_open_what_was_done(
    retry_safety: RetrySafety, status: int, is_open: bool
) -> None:
    transport = FakeTransport(response({"detail": "odd"}, status))
    with pytest.raises(StatusError) as caught:
        call(engine_of(transport), retry_safety)
    assert len(transport.requests) == 1
    assert caught.value.maybe_applied is (is_open and retry_safety is not RetrySafety.READ)
    assert not caught.value.retryable


@pytest.mark.parametrize("retry_safety", [RetrySafety.CONFLICT, RetrySafety.NEVER])
def test_an_ambiguous_outcome_says_what_to_do_and_keeps_the_cause(retry_safety: RetrySafety) -> None:
    transport = FakeTransport(DOWN, RESET)
    with pytest.raises(AmbiguousOutcomeError, match=r"^flows.do: .*read it back. The cause: reset .after 2") as caught:
        call(engine_of(transport), retry_safety)
    assert caught.value.__cause__ is RESET
    assert caught.value.attempts == 2
    assert caught.value.maybe_applied
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("retry_safety", "maybe"),
    [(RetrySafety.READ, False), (RetrySafety.IDEMPOTENT, True), (RetrySafety.KEYED, True), (RetrySafety.DELETE, True)],
)
def test_giving_up_says_whether_it_may_have_been_applied(retry_safety: RetrySafety, maybe: bool) -> None:
    """Also where the last attempt certainly was not: an earlier one may have been."""
    for faults, expected in (((RESET, DOWN), maybe), ((DOWN,), False)):
        with pytest.raises(ConnectError) as caught:
            call(engine_of(FakeTransport(*faults), options=options(max_attempts=3)), retry_safety)
        assert caught.value.maybe_applied is expected
        assert caught.value.attempts == 3


def test_not_found_after_a_lost_response_means_that_the_deletion_worked() -> None:
    transport, hooks = FakeTransport(RESET, response({"detail": "Flow not found"}, 404)), Hooks()
    seen: list[tuple[int, bool]] = []
    hooks.after_call = (lambda call, received: seen.append((received.status, received.deduplicated)),)
    assert call(engine_of(transport, hooks=hooks), RetrySafety.DELETE, type(None)) is None
    assert seen == [(204, True)]


@pytest.mark.parametrize("first", [DOWN, response(None, 429)])
def test_not_found_is_an_error_where_nothing_was_applied_before(first: Any) -> None:
    with pytest.raises(NotFound):
        call(engine_of(FakeTransport(first, response(None, 404))), RetrySafety.DELETE, type(None))


def test_not_found_is_an_error_for_what_does_not_delete() -> None:
    with pytest.raises(NotFound):
        call(engine_of(FakeTransport(RESET, response(None, 404))), RetrySafety.READ)


def test_extra_statuses_are_faults_too() -> None:
    transport = FakeTransport(response(None, 418), response("ok"))
    assert call(engine_of(transport, options=options(extra_statuses=frozenset({418})))) == "ok"


def test_there_is_no_sleep_after_the_last_attempt() -> None:
    transport, clock = FakeTransport(DOWN), Clock()
    with pytest.raises(ConnectError, match=r"\(after 5 attempts\)"):
        call(engine_of(transport, clock=clock))
    assert len(transport.requests) == 5
    assert clock.sleeps == [0.25, 0.5, 1.0, 2.0]


def test_one_attempt_is_one_attempt() -> None:
    transport, clock = FakeTransport(DOWN), Clock()
    with pytest.raises(ConnectError):
        call(engine_of(transport, clock=clock, options=options(max_attempts=1)))
    assert (len(transport.requests), clock.sleeps) == (1, [])


def test_the_deadline_ends_the_call_before_a_sleep_that_would_pass_it() -> None:
    transport, clock = FakeTransport(DOWN), Clock()
    with pytest.raises(ConnectError):
        call(engine_of(transport, clock=clock, options=options(deadline=1.0, max_attempts=99)))
    assert clock.sleeps == [0.25, 0.5]


def test_each_attempt_gets_the_time_that_is_left() -> None:
    clock = Clock()

    def slow(request: Request) -> Response:
        clock.now += 20
        raise RESET

    transport = FakeTransport(slow)
    with pytest.raises(IncompleteResponse):
        call(engine_of(transport, clock=clock, options=Options(timeout=30, policy=RetryPolicy(deadline=45))))
    assert [request.timeout for request in transport.requests] == [30, pytest.approx(24.75), pytest.approx(4.25)]


def test_a_plugins_own_request_counts_in_the_deadline() -> None:
    clock, hooks = Clock(), Hooks()

    def asks(request: Request) -> Any:
        yield Request("GET", URL, "/token")
        yield request

    def slow(request: Request) -> Response:
        clock.now += 30
        return response("t")

    hooks.authenticate = (asks,)
    transport = FakeTransport(slow)
    call(engine_of(transport, hooks=hooks, clock=clock))
    assert [request.timeout for request in transport.requests] == [60, 60]

    transport = FakeTransport(slow)
    with pytest.raises(TransportTimeout, match="the call's 20 s are up") as caught:
        call(engine_of(transport, hooks=hooks, clock=clock, options=options(deadline=20)), RetrySafety.NEVER)
    assert [request.timeout for request in transport.requests] == [20]
    assert not caught.value.maybe_applied


def test_a_retry_after_is_the_least_that_is_waited() -> None:
    clock = Clock()
    transport = FakeTransport(response(None, 429, {"retry-after": "7"}), response("ok"))
    assert call(engine_of(transport, clock=clock), RetrySafety.NEVER) == "ok"
    assert clock.sleeps == [pytest.approx(7.7)]


def test_a_retry_after_that_is_too_long_ends_the_call_at_once() -> None:
    clock = Clock()
    with pytest.raises(TooManyRequests) as caught:
        call(engine_of(FakeTransport(response(None, 429, {"retry-after": "61"})), clock=clock))
    assert clock.sleeps == []
    assert caught.value.retry_after == 61
    assert caught.value.retryable


def test_an_empty_budget_ends_the_retries_of_every_call() -> None:
    transport = FakeTransport(DOWN)
    engine = engine_of(transport)
    engine.budget.tokens = 2 * RetryBudget.RETRY
    for attempts in (3, 1):
        with pytest.raises(ConnectError) as caught:
            call(engine)
        assert caught.value.attempts == attempts


def test_a_success_at_once_refills_the_budget_and_a_late_one_gives_its_last_retry_back() -> None:
    engine = engine_of(FakeTransport(response(), RESET, response(), RESET, RESET, response()), options=options())
    engine.budget.tokens = 100
    call(engine)
    assert engine.budget.tokens == 101
    call(engine)
    assert engine.budget.tokens == 101
    call(engine)
    # Time has brought some as well: that between the first retry and the last.
    assert engine.io.clock.sleeps == [0.25, 0.25, 0.5]
    assert engine.budget.tokens == 101 - RetryBudget.RETRY + 0.5


def test_a_timeout_costs_more_of_the_budget() -> None:
    engine = engine_of(FakeTransport(TransportTimeout("slow")), options=options(max_attempts=2))
    with pytest.raises(TransportTimeout):
        call(engine)
    assert engine.budget.tokens == RetryBudget.CAPACITY - RetryBudget.TIMEOUT_RETRY


def test_a_server_that_refuses_each_call_once_does_not_end_the_retries() -> None:
    refused = response(None, 429, {"retry-after": "0"})
    engine = engine_of(FakeTransport(*[refused, response(1)] * 400))
    engine._random = lambda low, high: low
    assert [call(engine) for _ in range(400)] == [1] * 400


def test_time_brings_retries_back() -> None:
    clock = Clock()
    engine = engine_of(FakeTransport(DOWN), clock=clock, options=options(max_attempts=2))
    engine.budget.tokens = RetryBudget.RETRY
    attempts: list[int] = []
    for passed in (0, 0, 60):
        clock.now += passed
        with pytest.raises(ConnectError) as caught:
            call(engine)
        attempts.append(caught.value.attempts)
    assert attempts == [2, 1, 2]


def test_other_options_share_transport_hooks_and_budget() -> None:
    transport = FakeTransport(DOWN)
    engine = engine_of(transport)
    other = engine.with_options(Options(timeout=1.0, headers={"x": "y"}, policy=RetryPolicy(max_attempts=1)))
    assert (other.io, other.hooks, other.budget) == (engine.io, engine.hooks, engine.budget)
    with pytest.raises(ConnectError):
        call(other)
    assert (transport.last.timeout, transport.last.headers["x"]) == (1.0, "y")
    assert len(transport.requests) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), ValueError("a transport's own")])
def test_what_is_no_call_error_is_never_retried(error: BaseException) -> None:
    transport = FakeTransport(error)
    with pytest.raises(type(error)):
        call(engine_of(transport))
    assert len(transport.requests) == 1


def test_a_closed_client_sends_nothing() -> None:
    transport = FakeTransport()
    engine = engine_of(transport)
    run(engine.io.close())
    with pytest.raises(ClientClosedError):
        call(engine)
    assert transport.requests == []


@pytest.mark.anyio
async def test_an_async_call_is_repeated_the_same_way() -> None:
    transport, clock = AsyncFakeTransport(DOWN, response(None, 503), response("ok")), Clock()
    engine = engine_of(transport, clock=clock)
    assert await engine.call(operation(RetrySafety.KEYED), str, {}) == "ok"
    assert (len(transport.requests), clock.sleeps) == (3, [0.25, 0.5])
