"""Limits of an account: how long a call is held back, what counts, and what one refusal means for the others."""

from __future__ import annotations

import math
import time
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.concurrency.rate_limiter import LONGEST_PAUSE, RateLimiter
from prefectkit.core.errors import ConfigError, TooManyRequests, TransportTimeout
from prefectkit.core.io import run
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.plugins.builtin.throttle import Throttle
from prefectkit.plugins.manager import Plugins
from tests.core.calls import DOWN, operation, options
from tests.fakes import URL, AsyncFakeTransport, Clock, FakeTransport, engine_of, response

ROWS = [{"message": "one"}, {"message": "two"}, {"message": "three"}]


@pytest.fixture(autouse=True)
def _no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prefectkit.core.concurrency.rate_limiter.random.uniform", lambda low, high: 0.0)


def engine(plugin: Throttle, transport: Any, clock: Clock, *, url: str = URL, **policy: Any) -> Any:
    plugins = Plugins(environ={})
    plugins.add_own([plugin])
    made = engine_of(transport, hooks=plugins.compile(), options=options(**policy), clock=clock)
    made.base_url = url
    return made


def send(engine: Any, path: str = "/flows/", retry_safety: RetrySafety = RetrySafety.READ, **given: Any) -> Any:
    return run(engine.call(operation(retry_safety, path), Any, {}, **given))


# The limiter


@settings(deadline=None, max_examples=50)
@given(st.sampled_from([1, 5, 12, 30, 200]), st.lists(st.floats(0, 20), min_size=1, max_size=40))
def test_no_minute_has_more_than_the_limit(per_minute: int, pauses: list[float]) -> None:
    limiter = RateLimiter(per_minute)
    now = 1000.0
    starts: list[float] = []
    for pause in [*pauses, *([0.0] * per_minute)]:
        now += pause
        starts.append(now + limiter.reserve(1, now))
    starts.sort()
    # A little less than a minute, as sums of floats are not exact.
    assert all(later - first > 59.999 for first, later in zip(starts, starts[per_minute:], strict=False))


def test_a_twelfth_may_start_at_once_and_the_rest_comes_in_evenly() -> None:
    limiter = RateLimiter(120)
    waits = [limiter.reserve(1, 50.0) for _ in range(14)]
    assert waits[:10] == pytest.approx([0.0] * 10)
    each = 60 / 110
    assert waits[10:] == pytest.approx([each, 2 * each, 3 * each, 4 * each])
    assert limiter.reserve(1, 50.0 + 60) == 0.0


def test_what_was_not_used_is_there_for_the_next() -> None:
    limiter = RateLimiter(60)
    limiter.reserve(40, 0.0)
    waits = limiter.reserve(1, 0.0)
    limiter.release(1)
    assert limiter.reserve(1, 0.0) == pytest.approx(waits)
    limiter.release(41)
    assert limiter.reserve(1, 0.0) == 0.0


def test_without_a_limit_nobody_waits_but_for_a_refusal() -> None:
    limiter = RateLimiter(math.inf)
    assert [limiter.reserve(1000, 5.0) for _ in range(3)] == [0.0] * 3
    limiter.pause_until(8.0)
    limiter.pause_until(7.0)
    assert [limiter.reserve(1, 5.0), limiter.reserve(1, 8.0)] == [3.0, 0.0]


def test_after_a_refusal_without_a_limit_not_all_start_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        drawn.append((low, high))
        return high

    monkeypatch.setattr("prefectkit.core.concurrency.rate_limiter.random.uniform", uniform)
    limiter = RateLimiter(math.inf)
    limiter.pause_until(30.0)
    assert [limiter.reserve(1, 0.0), limiter.reserve(1, 25.0)] == [31.0, 5.5]
    assert drawn == [(0, 1.0), (0, 0.5)]


# Calls


def test_calls_wait_for_their_turn_and_clients_share_it() -> None:
    clock = Clock()
    plugin = Throttle(requests=6)
    one, two = FakeTransport(response({})), FakeTransport(response({}))
    first, second = engine(plugin, one, clock), engine(plugin, two, clock)
    for made in (first, second, first):
        send(made)
    assert clock.sleeps == pytest.approx([60 / 5.5] * 2)
    assert (len(one.requests), len(two.requests)) == (2, 1)


def test_each_server_has_limits_of_its_own() -> None:
    clock = Clock()
    plugin = Throttle(requests=6)
    for url in (URL, "http://elsewhere.test/api"):
        send(engine(plugin, FakeTransport(response({})), clock, url=url))
    assert clock.sleeps == []
    send(engine(plugin, FakeTransport(response({})), clock, url="http://elsewhere.test/api/accounts/2"))
    assert len(clock.sleeps) == 1


def test_every_attempt_counts() -> None:
    clock = Clock()
    plugin = Throttle(requests=6)
    send(engine(plugin, FakeTransport(DOWN, response({})), clock))
    pause, turn = clock.sleeps
    assert pause + turn == pytest.approx(60 / 5.5)


@pytest.mark.parametrize("path", ["/logs/", "/events"])
def test_the_rows_of_logs_and_events_count_apart_from_requests(path: str) -> None:
    clock = Clock()
    plugin = Throttle(requests=6, logs=6)
    made = engine(plugin, FakeTransport(response({})), clock)
    send(made, path, RetrySafety.NEVER, body=ROWS)
    send(made)
    assert clock.sleeps == []
    send(made, path, RetrySafety.NEVER, body=ROWS[:1])
    assert clock.sleeps == pytest.approx([3 * 60 / 5.5])


def test_what_is_no_list_counts_as_one() -> None:
    clock = Clock()
    made = engine(Throttle(logs=6), FakeTransport(response({})), clock)
    for _ in range(2):
        send(made, "/logs/", RetrySafety.NEVER, body={"message": "one"})
    assert clock.sleeps == pytest.approx([60 / 5.5])


def test_a_client_takes_it_without_a_permission() -> None:
    with Prefect(URL, transport=FakeTransport(response(True)), plugins=[Throttle(requests=500, logs=500)]) as client:
        assert client.plugins[-1].secrets
        assert client.health()


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_of_one_client_holds_the_others_back(status: int) -> None:
    clock = Clock()
    plugin = Throttle()
    refused = engine(
        plugin, FakeTransport(response(status=status, headers={"retry-after": "7"})), clock, max_attempts=1
    )
    with pytest.raises(TooManyRequests if status == 429 else Exception):
        send(refused)
    clock.now += 2
    send(engine(plugin, FakeTransport(response({})), clock))
    send(engine(plugin, FakeTransport(response({})), clock, url="http://elsewhere.test"))
    assert clock.sleeps == [5.0]


def test_a_refusal_of_logs_says_nothing_of_requests() -> None:
    clock = Clock()
    refusal = response(status=429, headers={"retry-after": "7"})
    made = engine(Throttle(), FakeTransport(refusal, response({})), clock, max_attempts=1)
    with pytest.raises(TooManyRequests):
        send(made, "/logs/", RetrySafety.NEVER, body=ROWS)
    send(made)
    assert clock.sleeps == []


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}])
def test_a_refusal_that_names_no_time_holds_nobody_back(headers: dict[str, str]) -> None:
    clock = Clock()
    refusal = response(status=429, headers=headers)
    made = engine(Throttle(), FakeTransport(refusal, response({})), clock, max_attempts=1)
    with pytest.raises(TooManyRequests):
        send(made)
    send(made)
    assert clock.sleeps == []


def test_a_refusal_holds_nobody_back_for_longer_than_a_minute() -> None:
    clock = Clock()
    plugin = Throttle()
    refusal = response(status=503, headers={"retry-after": "3600"})
    with pytest.raises(Exception, match="503"):
        send(engine(plugin, FakeTransport(refusal), clock))
    send(engine(plugin, FakeTransport(response({})), clock))
    assert clock.sleeps == [LONGEST_PAUSE]


def test_a_call_that_has_not_the_time_fails_at_once_and_leaves_its_turn() -> None:
    clock = Clock()
    plugin = Throttle(requests=6)
    transport = FakeTransport(response({}))
    made, hasty = engine(plugin, transport, clock), engine(plugin, transport, clock, deadline=5.0)
    send(made)
    for _ in range(3):
        with pytest.raises(TransportTimeout, match="holds the call back"):
            send(hasty)
    send(made)
    assert clock.sleeps == pytest.approx([60 / 5.5])
    assert len(transport.requests) == 2


@pytest.mark.anyio
async def test_a_call_that_is_cancelled_while_it_waits_leaves_its_turn() -> None:
    plugin = Throttle(requests=6)
    transport = AsyncFakeTransport(response(True))
    async with AsyncPrefect(URL, transport=transport, plugins=[plugin]) as client:
        await client.health()
        with anyio.move_on_after(0.02) as scope:
            await client.health()
    assert scope.cancelled_caught
    (limiter,) = plugin._limiters.values()
    assert limiter.reserve(1, time.monotonic()) < 60 / 5.5
    assert len(transport.requests) == 1


@pytest.mark.parametrize("limit", [0, -1, math.nan])
def test_a_limit_that_lets_nothing_through_is_refused(limit: float) -> None:
    with pytest.raises(ConfigError, match="requests must be a number a minute above 0"):
        Throttle(requests=limit)
    with pytest.raises(ConfigError, match="logs must be"):
        Throttle(logs=limit)
