"""A server that fails every call: a client's retries stay few, and none waits past its deadline."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.engine import Options
from prefectkit.core.errors import CallError, TransportTimeout
from prefectkit.core.retry import Budget, Replay
from tests.core.calls import DOWN, call
from tests.fakes import Clock, FakeTransport, answer, engine_of

CALLS = 1000
DEADLINE = Options().policy.deadline


@pytest.mark.parametrize(
    ("fault", "most"),
    [
        (answer(None, 503), Budget.CAPACITY // Budget.RETRY),
        (answer(None, 429, {"retry-after": "1"}), Budget.CAPACITY // Budget.RETRY),
        (DOWN, Budget.CAPACITY // Budget.RETRY),
        (TransportTimeout("slow"), Budget.CAPACITY // Budget.TIMEOUT_RETRY),
    ],
    ids=["503", "429", "no server", "timeout"],
)
def test_retries_are_bounded_for_all_calls_of_a_client(
    fault: Any, most: int, capsys: pytest.CaptureFixture[str]
) -> None:
    transport, clock = FakeTransport(fault), Clock()
    engine = engine_of(transport, clock=clock)
    exhausted: list[str] = []
    for _ in range(CALLS):
        started = clock.now
        with pytest.raises(CallError) as caught:
            call(engine, Replay.IDEMPOTENT)
        exhausted.append(caught.value.exhausted)
        assert clock.now - started < DEADLINE
    with capsys.disabled():
        print(f"\nrequests for {CALLS} calls that fail: {len(transport.requests)}")
    assert len(transport.requests) == CALLS + most
    assert set(exhausted) == {"attempts", "budget"}
    assert exhausted[-1] == "budget"


def test_a_server_that_recovers_has_its_retries_back() -> None:
    transport = FakeTransport(*[DOWN] * 110, answer("ok"))
    engine = engine_of(transport)
    for _ in range(100):
        try:
            call(engine)
        except CallError:
            continue
    drained = engine.budget.tokens
    for _ in range(600):
        assert call(engine) == "ok"
    assert drained < engine.budget.tokens == Budget.CAPACITY
