"""A bulk refuses what the client cannot call before anything is sent; applied calls are never reported as failed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.compat import PrefectClient, SyncPrefectClient
from prefectkit.core.concurrency.outcomes import Outcome
from prefectkit.errors import ConfigError
from prefectkit.models import Running
from prefectkit.models.orchestration import OrchestrationResult, SetStateStatus, StateAbortDetails
from tests.fakes import URL, AsyncFakeTransport, FakeTransport, response
from tests.test_bulk import IDS, KINDS, gone_through, no_csrf_token  # noqa: F401 -- a fixture that is used by its name

FLOW = {"id": str(IDS[1]), "name": "x"}


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def blocking_methods(transport: FakeTransport) -> list[Callable[..., Any]]:
    client = Prefect(URL, transport=transport)
    flat = SyncPrefectClient(URL)
    own = client.with_options(timeout=1)
    return [
        client.flows.read,
        client.request,
        own.flow_runs.inputs.create,
        partial(client.flows.read, flow_id=IDS[0]),
        partial(partial(client.flows.update, IDS[0])),
        flat.read_flow,
        partial(flat.read_flow, IDS[0]),
    ]


def awaited_methods(transport: AsyncFakeTransport) -> list[Callable[..., Any]]:
    client = AsyncPrefect(URL, transport=transport)

    async def own(item: object) -> None:
        raise AssertionError("called")

    return [client.flows.read, client.with_options().request, partial(client.flows.read), own, PrefectClient(URL).hello]


@pytest.mark.anyio
@pytest.mark.parametrize("number", range(7))
async def test_an_async_client_refuses_a_blocking_method(number: int) -> None:
    transport = FakeTransport(response(FLOW))
    method = blocking_methods(transport)[number]
    async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client:
        with pytest.raises(ConfigError, match=r"one of a client that blocks: use Prefect\.bulk"):
            client.bulk(method, IDS)
    assert transport.sent == []


@pytest.mark.parametrize("number", range(5))
def test_a_blocking_client_refuses_a_method_to_await(number: int) -> None:
    transport = AsyncFakeTransport(response(FLOW))
    method = awaited_methods(transport)[number]
    with Prefect(URL, transport=FakeTransport()) as client:
        with pytest.raises(ConfigError, match=r"must be awaited: use AsyncPrefect\.bulk"):
            client.bulk(method, IDS)
    assert transport.sent == []


def test_an_awaitable_result_was_not_sent() -> None:
    transport = AsyncFakeTransport(response(FLOW))
    read: Any = AsyncPrefect(URL, transport=transport).flows.read
    with Prefect(URL, transport=FakeTransport()) as client:
        outcomes = list(client.bulk(lambda flow_id: read(flow_id), IDS))
    for outcome in outcomes:
        with pytest.raises(TypeError, match=r"not sent: .* and got one to await"):
            outcome.result()
    assert transport.sent == []


@pytest.mark.anyio
async def test_a_blocking_result_was_sent() -> None:
    transport = FakeTransport(response(FLOW))
    other = Prefect(URL, transport=transport)

    def read(flow_id: object) -> Any:
        return other.flows.read(str(flow_id))

    async with AsyncPrefect(URL, transport=AsyncFakeTransport()) as client:
        results = await client.bulk(read, IDS).results()
    assert [result.name for result in results] == ["x"] * len(IDS) == ["x"] * len(transport.sent)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_not_a_result(kind: str) -> None:
    outcomes, sent = gone_through(kind, lambda client: client.bulk(client.flow_runs.iterate, [{}, {"limit": 1}]))
    for outcome in outcomes:
        with pytest.raises(TypeError, match="not sent: the method yields rows"):
            outcome.result()
    assert sent == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", ["ACCEPT", "REJECT", "ABORT", "WAIT", "A_NEW_ONE"])
def test_a_refused_state_is_a_result_and_marked(kind: str, status: str) -> None:
    details = {"type": f"{status.lower()}_details", "reason": "because"}
    reply = response({"status": status, "state": None, "details": details}, 201)
    items = [(IDS[0], Running()), (IDS[1], Running())]
    outcomes, _ = gone_through(kind, lambda client: client.bulk(client.flow_runs.set_state, items), reply)
    for outcome in outcomes:
        assert outcome.error is None
        assert outcome.result().status == status
        assert outcome.result().accepted is (status == "ACCEPT")
        assert outcome.refused is (status != "ACCEPT")
        assert ("refused" in repr(outcome)) is ("because" in repr(outcome)) is (status != "ACCEPT")


def test_only_a_response_can_be_a_refusal() -> None:
    refused = OrchestrationResult(status=SetStateStatus.ABORT, state=None, details=StateAbortDetails(reason="no"))
    assert Outcome(0, 1, refused).refused
    assert repr(Outcome(0, 1, refused)) == "<Outcome 0 refused: StateAbortDetails(type='abort_details', reason='no')>"
    for outcome in (Outcome(0, 1, None), Outcome(0, 1, "text"), Outcome(0, 1, error=ValueError("x"))):
        assert not outcome.refused
    with Prefect(URL, transport=FakeTransport()) as client:
        assert client.bulk(lambda item: refused, [1, 2]).results() == [refused, refused]
        told: list[tuple[int, int, int | None]] = []
        list(client.bulk(lambda item: refused, [1], progress=lambda *counts: told.append(counts)))
    assert told == [(1, 0, 1)]
