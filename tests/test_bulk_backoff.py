"""A Retry-After for one call of a bulk delays all its calls, and no calls outside of it."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import anyio
import anyio.lowlevel
import pytest

from prefectkit import AsyncPrefect
from prefectkit.core.concurrency.adaptive_limiter import INITIAL_LIMIT, AdaptiveLimiter, shared_limiter
from prefectkit.core.errors import ConnectError, PrefectKitError, StatusError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import run
from tests.core.calls import DOWN, operation, options
from tests.fakes import URL, AsyncFakeTransport, Clock, ClockedIO, FakeTransport, engine_of, response

IDS = [UUID(int=number) for number in range(40)]


def refusal(seconds: float, status: int = 429) -> Response:
    return response(status=status, headers={"retry-after": str(seconds)})


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prefectkit.core.concurrency.rate_limiter.random.uniform", lambda low, high: 0.0)
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shared() -> Any:
    token = shared_limiter.set(made := AdaptiveLimiter(4))
    yield made
    shared_limiter.reset(token)


# One call after the other, on a clock that only sleep moves


def call(engine: Any) -> Any:
    return run(engine.call(operation(), Any, {}))


@pytest.mark.parametrize("status", [429, 503])
def test_a_call_waits_for_the_retry_after_of_another(shared: AdaptiveLimiter, status: int) -> None:
    clock = Clock()
    with pytest.raises(StatusError):
        call(engine_of(FakeTransport(refusal(7, status)), clock=clock, options=options(max_attempts=1)))
    assert clock.sleeps == []
    clock.now += 2
    other = engine_of(FakeTransport(response(1)), clock=clock)
    assert [call(other), call(other)] == [1, 1]
    assert clock.sleeps == [5.0]


def test_without_a_bulk_nobody_waits_for_another() -> None:
    clock = Clock()
    with pytest.raises(StatusError):
        call(engine_of(FakeTransport(refusal(7)), clock=clock, options=options(max_attempts=1)))
    assert call(engine_of(FakeTransport(response(1)), clock=clock)) == 1
    assert clock.sleeps == []


@pytest.mark.parametrize("told", [refusal(7, 423), response(status=429), response(status=500)])
def test_an_error_of_one_call_delays_no_other(shared: AdaptiveLimiter, told: Response) -> None:
    clock = Clock()
    with pytest.raises(StatusError):
        call(engine_of(FakeTransport(told), clock=clock, options=options(max_attempts=1)))
    assert call(engine_of(FakeTransport(response(1)), clock=clock)) == 1
    assert clock.sleeps == []


def test_a_call_that_has_not_begun_waits_beside_its_time() -> None:
    clock = Clock()
    shared = AdaptiveLimiter(4)
    error = StatusError("no", response=refusal(30))
    error.status, error.retry_after = 429, 3600
    shared.on_error(error, clock.now)
    token = shared_limiter.set(shared)
    try:
        # A minute of waiting, and a deadline of 10 s.
        assert call(engine_of(FakeTransport(response(1)), clock=clock, options=options(deadline=10.0))) == 1
    finally:
        shared_limiter.reset(token)
    assert clock.sleeps == [60.0]


def test_a_longer_time_that_is_named_meanwhile_counts(shared: AdaptiveLimiter) -> None:
    class Extending(Clock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            if len(self.sleeps) == 1:
                shared.on_error(longer, self.now)

    longer = StatusError("no", response=refusal(3))
    longer.retry_after = 3
    clock = Extending()
    shared.on_error(longer, clock.now)
    assert call(engine_of(FakeTransport(response(1)), clock=clock)) == 1
    assert clock.sleeps == [3.0, 3.0]


def test_a_clock_that_is_not_waited_for_does_not_hang(shared: AdaptiveLimiter) -> None:
    class Standing(Clock):
        async def sleep(self, seconds: float) -> None:
            self.sleeps.append(seconds)

    clock = Standing()
    told = StatusError("no", response=refusal(3))
    told.retry_after = 3
    shared.on_error(told, clock.now)
    assert call(engine_of(FakeTransport(response(1)), clock=clock)) == 1
    assert clock.sleeps == [3.0]


@pytest.mark.parametrize(("seconds", "sent"), [(20.0, 1), (3.0, 2)])
def test_a_call_that_has_begun_is_held_back_no_longer_than_it_has_time(
    seconds: float, sent: int, shared: AdaptiveLimiter
) -> None:
    clock = Clock()

    def fail(request: Request) -> Response:
        # Another call of the bulk is told so meanwhile.
        shared._pause.pause_until(clock.now + seconds)
        raise ConnectError("down")

    transport = FakeTransport(fail, response(1))
    made = engine_of(transport, clock=clock, options=options(deadline=10.0))
    if sent == 2:
        assert call(made) == 1
        assert sum(clock.sleeps) == seconds
    else:
        with pytest.raises(ConnectError) as caught:
            call(made)
        assert caught.value.exhausted == "deadline"
        assert sum(clock.sleeps) < 1
    assert len(transport.requests) == sent


def test_after_its_end_nothing_is_sent(shared: AdaptiveLimiter) -> None:
    transport = FakeTransport(DOWN, response(1))

    class Leaving(Clock):
        async def sleep(self, seconds: float) -> None:
            shared.is_closed = True

    with pytest.raises(PrefectKitError, match="the bulk that this call belongs to was left"):
        call(engine_of(transport, clock=Leaving()))
    with pytest.raises(PrefectKitError, match="was left"):
        call(engine_of(transport))
    assert len(transport.requests) == 1


# How many


def test_there_are_more_with_each_success_and_half_as_many_after_a_refusal() -> None:
    shared = AdaptiveLimiter(16)
    widths = [shared.limit]
    for _ in range(13):
        shared.on_end()
        widths.append(shared.limit)
    assert widths == [*range(INITIAL_LIMIT, 17), 16]
    for _ in range(3):
        shared.on_error(StatusError("no", response=response(status=503)), 0.0)
    shared.on_end()
    assert shared.limit == 8
    for _ in range(10):
        shared.on_end()
    assert shared.limit == pytest.approx(9)
    for _ in range(5):
        shared.on_error(StatusError("no", response=response(status=429)), 0.0)
        shared.on_end()
    assert shared.limit == 1
    shared.on_error(StatusError("no", response=response(status=404)), 0.0)
    shared.on_end()
    assert shared.limit == 1.1
    assert AdaptiveLimiter(2).limit == 2


# A whole bulk, on a clock that moves on when all wait


class Timeline:
    """Seconds that pass when nobody has anything else to do."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, anyio.Event]] = []
        self._numbers = itertools.count()

    async def sleep(self, seconds: float) -> None:
        event = anyio.Event()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), event))
        await event.wait()

    def monotonic(self) -> float:
        return self.now

    async def pass_by(self) -> None:
        while True:
            for _ in range(30):
                await anyio.lowlevel.checkpoint()
            if self._sleepers:
                self.now, _, event = heapq.heappop(self._sleepers)
                event.set()


class Server(AsyncFakeTransport):
    """Takes a second for each request, and refuses some: by their number, or when there are too many."""

    def __init__(self, time: Timeline, refused: dict[int, Response]) -> None:
        super().__init__()
        self.copes_with = math.inf
        self.under_way = 0
        self.time = time
        self.refused = refused
        self.begun: list[float] = []
        self.crowds: list[int] = []
        self.told: list[float] = []

    async def send(self, request: Request) -> Response:
        number = len(self.begun)
        self.begun.append(self.time.now)
        self.under_way += 1
        self.crowds.append(self.under_way)
        copes = self.under_way <= self.copes_with
        await self.time.sleep(1)
        self.under_way -= 1
        if not copes:
            self.told.append(self.time.now)
            return response(status=503)
        if number in self.refused:
            self.told.append(self.time.now)
            return self.refused[number]
        return response(None)


@asynccontextmanager
async def opened(refused: dict[int, Response], **given: Any) -> AsyncIterator[tuple[AsyncPrefect, Server]]:
    time = Timeline()
    server = Server(time, refused)
    client = AsyncPrefect(URL, transport=server, **given)
    clocked: Any = ClockedIO(client._engine.io, time)  # type: ignore[arg-type] -- it has what is asked of a clock
    client._engine.io = clocked
    client._engine._random = lambda low, high: (low + high) / 2
    async with client, anyio.create_task_group() as group:
        group.start_soon(time.pass_by)
        yield client, server
        group.cancel_scope.cancel()


@pytest.mark.anyio
@pytest.mark.parametrize("status", [429, 503])
async def test_a_retry_after_delays_all_calls(status: int) -> None:
    async with opened({9: refusal(30, status)}) as (client, server):
        assert await client.bulk(client.flows.delete, IDS, in_flight=4).results() == [None] * 40
    (told,) = server.told
    assert [begun for begun in server.begun if told < begun < told + 30] == []
    assert len(server.begun) == 41
    assert max(server.begun) < told + 30 + 40


@pytest.mark.anyio
async def test_holding_back_costs_no_call_its_time() -> None:
    refused = {number: refusal(8) for number in (5, 12, 20, 30)}
    async with opened(refused, deadline=10) as (client, server):
        assert await client.bulk(client.flows.delete, IDS, in_flight=4).results() == [None] * 40
    assert len(server.begun) == 44


@pytest.mark.anyio
async def test_a_server_that_cannot_cope_gets_fewer_at_a_time() -> None:
    async with opened({}) as (client, server):
        server.copes_with = 2
        assert await client.bulk(client.flows.delete, IDS * 5, in_flight=16).results() == [None] * 200
    assert server.told
    # Now and then it is seen whether it copes with more.
    later = [number for begun, number in zip(server.begun, server.crowds, strict=True) if begun > 1010]
    assert set(later) == {1, 2, 3}
