"""Bulks: concurrency, order, errors, and that nothing is left running."""

from __future__ import annotations

import itertools
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import anyio
import anyio.lowlevel
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.concurrency.bulk import AHEAD
from prefectkit.errors import BulkError, ConfigError, NotFound
from prefectkit.models import FlowRunCreate, Running
from tests.fakes import URL, AsyncFakeTransport, FakeTransport, response

KINDS = ["sync", "asyncio", "trio"]
PATIENCE = 10
IDS = [UUID(int=number) for number in range(10)]
WHO: ContextVar[str] = ContextVar("who", default="nobody")


@pytest.fixture(autouse=True)
def no_csrf_token(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would be a request of its own.
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("prefectkit")] == []


def gone_through(kind: str, use: Callable[[Any], Any], reply: Any = None) -> tuple[list[Any], list[str]]:
    """The outcomes of the bulk that `use` makes of a client, and what was sent."""
    if kind == "sync":
        transport = FakeTransport(reply or response(True))
        with no_thread_left(), Prefect(URL, transport=transport) as client:
            return list(use(client)), transport.sent
    over = AsyncFakeTransport(reply or response(True))

    async def main() -> list[Any]:
        async with AsyncPrefect(URL, transport=over) as client:
            return [outcome async for outcome in use(client)]

    return anyio.run(main, backend=kind), over.sent


def deleted(request: Any) -> Any:
    """A response to a deletion: every third id is not there."""
    missing = int(request.target[-2:], 16) % 3 == 2
    return response({"detail": "gone"}, 404) if missing else response(None)


# What comes back


@pytest.mark.parametrize("kind", KINDS)
def test_each_item_has_an_outcome_in_the_order_of_the_items(kind: str) -> None:
    outcomes, sent = gone_through(kind, lambda client: client.bulk(client.flows.delete, IDS, in_flight=3), deleted)
    assert [(outcome.index, outcome.item) for outcome in outcomes] == list(enumerate(IDS))
    assert [outcome.index for outcome in outcomes if outcome.error] == [2, 5, 8]
    assert all(outcome.result() is None for outcome in outcomes if not outcome.error)
    with pytest.raises(NotFound):
        outcomes[2].result()
    assert repr(outcomes[0]) == "<Outcome 0 done>"
    assert repr(outcomes[2]).startswith("<Outcome 2 NotFound(")
    assert sorted(sent) == [f"DELETE /flows/{id}" for id in IDS]


def check_group(error: BulkError) -> None:
    assert str(error).startswith("3 of 10 calls failed, the first for item 2: NotFound: flows.delete: ")
    assert [type(each) for each in error.exceptions] == [NotFound] * 3
    assert [outcome.item for outcome in error.outcomes if outcome.error is None] == [
        id for number, id in enumerate(IDS) if number % 3 != 2
    ]


def test_results_come_all_or_their_errors_do() -> None:
    with Prefect(URL, transport=FakeTransport(deleted)) as client:
        assert client.bulk(client.flows.delete, IDS[:2]).results() == [None, None]
        with pytest.raises(BulkError) as caught:
            client.bulk(client.flows.delete, IDS).results()
        check_group(caught.value)
        assert client.bulk(client.flows.delete, []).results() == []


@pytest.mark.anyio
async def test_results_come_all_or_their_errors_do_in_a_loop() -> None:
    async with AsyncPrefect(URL, transport=AsyncFakeTransport(deleted)) as client:
        assert await client.bulk(client.flows.delete, IDS[:2]).results() == [None, None]
        with pytest.raises(BulkError) as caught:
            await client.bulk(client.flows.delete, IDS).results()
        check_group(caught.value)


def test_a_later_call_that_ends_first_waits_for_its_turn() -> None:
    second = threading.Event()

    def call(number: int) -> int:
        assert second.wait(PATIENCE) if number == 0 else not second.set()
        return number * 10

    with Prefect(URL, transport=FakeTransport()) as client:
        assert client.bulk(call, [0, 1], in_flight=2).results() == [0, 10]


@pytest.mark.anyio
async def test_a_later_call_that_ends_first_waits_for_its_turn_in_a_loop() -> None:
    second = anyio.Event()

    async def call(number: int) -> int:
        if number == 0:
            await second.wait()
        second.set()
        return number * 10

    async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client:
        assert await client.bulk(call, [0, 1], in_flight=2).results() == [0, 10]


# What an item is


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_is_one_argument_or_all_of_them(kind: str) -> None:
    def bodies(use: Callable[[Any], Any]) -> list[Any]:
        seen: list[Any] = []

        def note(request: Any) -> Any:
            seen.append((request.target, request.body))
            return response({"id": str(IDS[1]), "name": "a", "flow_id": str(IDS[0]), "status": "ACCEPT", "state": None})

        outcomes, _ = gone_through(kind, use, note)
        assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
        return seen

    fields = {"flow_id": IDS[0], "name": "a", "idempotency_key": "k"}
    as_dict = bodies(lambda client: client.bulk(client.flow_runs.create, [fields]))
    as_struct = bodies(lambda client: client.bulk(client.flow_runs.create, [FlowRunCreate(**fields)]))
    own = bodies(lambda client: client.bulk(lambda row: client.flow_runs.create(**row), [fields]))
    assert as_dict == as_struct == own
    assert b'"name":"a"' in as_dict[0][1]
    ((target, body),) = bodies(lambda client: client.bulk(client.flow_runs.set_state, [(IDS[0], Running())]))
    assert target == f"/flow_runs/{IDS[0]}/set_state"
    assert b"RUNNING" in body


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_that_fits_no_argument_is_an_error_of_its_own(kind: str) -> None:
    items = ["a", {"flow_id": IDS[0], "nam": "b"}]
    outcomes, sent = gone_through(kind, lambda client: client.bulk(client.flow_runs.create, items))
    assert "does not take one argument: an item must be a dict or a tuple of its arguments, got str" in str(
        outcomes[0].error
    )
    assert "nam" in str(outcomes[1].error)
    assert sent == []


def test_what_has_no_signature_takes_one_argument() -> None:
    with Prefect(URL, transport=FakeTransport()) as client:
        assert client.bulk(int, ["1", "2"]).results() == [1, 2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_method_of_another_view_of_the_client(kind: str) -> None:
    headers: list[str | None] = []

    def note(request: Any) -> Any:
        headers.append(request.headers.get("x-team"))
        return response(None)

    gone_through(kind, lambda it: it.bulk(it.with_options(headers={"x-team": "data"}).flows.delete, IDS[:2]), note)
    assert headers == ["data", "data"]


@pytest.mark.parametrize("in_flight", [0, -1, 1.5, "4"])
def test_a_number_of_calls_that_makes_no_sense(in_flight: Any) -> None:
    with (
        Prefect(URL, transport=FakeTransport()) as client,
        pytest.raises(ConfigError, match="in_flight must be a whole"),
    ):
        client.bulk(client.flows.delete, IDS, in_flight=in_flight)


# How many at a time


class Counted:
    """Notes how many are under way: few at first, then so many that the bulk has to have reached its limit."""

    WARM_UP = 20

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now = self.most = 0

    def begin(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def end(self) -> None:
        with self.lock:
            self.now -= 1


def test_the_limit_of_calls_in_flight_is_reached_and_not_exceeded() -> None:
    meeting, counted = threading.Barrier(6), Counted()

    def call(number: int) -> None:
        counted.begin()
        if number >= Counted.WARM_UP:
            meeting.wait(PATIENCE)
        counted.end()

    with no_thread_left(), Prefect(URL, transport=FakeTransport()) as client:
        assert len(client.bulk(call, range(Counted.WARM_UP + 30), in_flight=6).results()) == 50
    assert counted.most == 6


@pytest.mark.anyio
async def test_the_limit_of_calls_in_flight_is_reached_and_not_exceeded_in_a_loop() -> None:
    counted = Counted()

    async def call(_: int) -> None:
        counted.begin()
        for _ in range(10):
            await anyio.lowlevel.checkpoint()
        counted.end()

    async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client:
        assert len(await client.bulk(call, range(50), in_flight=6).results()) == 50
    assert counted.most == 6


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_items_are_consumed_lazily(kind: str) -> None:
    taken: list[int] = []

    def items() -> Iterator[UUID]:
        for number in itertools.count():
            taken.append(number)
            yield IDS[0]

    class Early(Exception):
        pass

    def stop(ended: int, failed: int, total: int | None) -> None:
        if ended == 20:
            raise Early

    with pytest.raises(Early):
        gone_through(kind, lambda it: it.bulk(it.flows.delete, items(), in_flight=3, progress=stop))
    assert 20 <= len(taken) <= 20 + 3 * AHEAD


@pytest.mark.anyio
async def test_while_the_first_is_under_way_the_others_go_on_for_a_while() -> None:
    first = anyio.Event()
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    async def call(number: int) -> int:
        if number == 0:
            await first.wait()
        return number

    async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client, anyio.create_task_group() as group:

        async def release() -> None:
            for _ in range(100):
                await anyio.lowlevel.checkpoint()
            assert len(taken) == 2 * AHEAD
            first.set()

        group.start_soon(release)
        assert await client.bulk(call, items(), in_flight=2).results() == list(range(100))


@pytest.mark.anyio
async def test_items_may_be_asynchronous() -> None:
    async def items() -> AsyncIterator[int]:
        for number in range(5):
            await anyio.lowlevel.checkpoint()
            yield number

    async def double(number: int) -> int:
        return 2 * number

    seen: list[Any] = []
    async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client:
        bulk = client.bulk(double, items(), in_flight=2, progress=lambda *numbers: seen.append(numbers))
        assert await bulk.results() == [0, 2, 4, 6, 8]
    assert seen[-1] == (5, 0, None)


@pytest.mark.parametrize("kind", KINDS)
def test_items_that_break_off_lose_nothing_that_has_begun(kind: str) -> None:
    def items() -> Iterator[UUID]:
        yield from IDS[:4]
        raise KeyError("row 5")

    seen: list[Any] = []

    def use(client: Any) -> Any:
        return client.bulk(client.flows.delete, items(), progress=lambda *numbers: seen.append(numbers))

    with pytest.raises(KeyError, match="row 5"):
        gone_through(kind, use, deleted)
    assert seen[-1] == (4, 1, None)


# Progress


@pytest.mark.parametrize("kind", KINDS)
def test_progress_is_called_for_each_outcome_in_the_callers_thread(kind: str) -> None:
    seen: list[tuple[int, int, int | None]] = []
    threads: set[int] = set()

    def progress(ended: int, failed: int, total: int | None) -> None:
        seen.append((ended, failed, total))
        threads.add(threading.get_ident())

    gone_through(kind, lambda it: it.bulk(it.flows.delete, IDS, in_flight=1, progress=progress), deleted)
    assert seen == [(number + 1, (number + 1) // 3, 10) for number in range(10)]
    assert threads == {threading.get_ident()}


@pytest.mark.anyio
async def test_progress_is_called_for_outcomes_that_arrived_while_the_caller_was_busy() -> None:
    seen: list[int] = []
    async with AsyncPrefect(URL, transport=AsyncFakeTransport(response(None))) as client:
        bulk = client.bulk(client.flows.delete, IDS, in_flight=4, progress=lambda ended, *_: seen.append(ended))
        async with aclosing(bulk):
            await anext(bulk)
            for _ in range(100):
                await anyio.lowlevel.checkpoint()
            await anext(bulk)
            assert seen == [1, 2, 3, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_the_context_of_the_caller_goes_along(kind: str) -> None:
    seen: list[str] = []

    def note(request: Any) -> Any:
        seen.append(WHO.get())
        return response(None)

    token = WHO.set("caller")
    try:
        gone_through(kind, lambda it: it.bulk(it.flows.delete, IDS), note)
    finally:
        WHO.reset(token)
    assert seen == ["caller"] * 10
