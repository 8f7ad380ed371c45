"""The first response to every operation that changes something is lost: none of them takes effect twice."""

from __future__ import annotations

from typing import Any

import pytest

import prefectkit
from prefectkit import Prefect
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.transport import Transport
from prefectkit.errors import AmbiguousOutcomeError
from tests.real_server import RealServer
from tests.reliability.losing import Losses
from tests.report import Capture, count
from tests.sent_twice import others, runs, slots
from tests.sent_twice.doubling import LockRetryingTransport
from tests.test_retry_safety import operation_of

CASES = runs.cases | others.cases | slots.cases
OPERATIONS = {
    name: it for name, it in prefectkit.operations().items() if it.retry_safety is not RetrySafety.READ and not it.cloud
}
MARKED = (RetrySafety.CONFLICT, RetrySafety.DELETE)

SURVIVED = f"operations that a lost response does not repeat: {{}}/{len(OPERATIONS)}"


class Losing(LockRetryingTransport):
    """A transport that loses a response."""

    def __init__(self, inner: Transport, losses: Losses) -> None:
        super().__init__(inner)
        self.losses = losses
        self.retry_safety: RetrySafety | None = None

    def send(self, request: Request) -> Response:
        if request.operation is not None and request.operation.name == self.losses.operation:
            self.retry_safety = request.operation.retry_safety
        return self.losses.passed(request, super().send(request))


@pytest.mark.parametrize("name", sorted(CASES))
def test_nothing_happens_twice(name: str, looking: Prefect, server: RealServer, capsys: Capture) -> None:
    case = CASES[name](looking)
    losses = Losses(operation_of(name), case.look)
    losses.arm()
    wrapped: list[Losing] = []

    def wrap(inner: Transport) -> Losing:
        wrapped.append(Losing(inner, losses))
        return wrapped[0]

    error: AmbiguousOutcomeError | None = None
    with Prefect(server.url, transport=wrap, plugins=[losses]) as client:
        engine: Any = client._engine
        engine._random = lambda low, high: low
        try:
            case.call(client)
        except AmbiguousOutcomeError as caught:
            error = caught
    retry_safety = wrapped[0].retry_safety
    assert losses.lost is not None and losses.lost.is_success
    assert case.look() == losses.once
    if retry_safety is RetrySafety.NEVER:
        assert losses.sent == 1
        assert error is not None and error.operation is not None
        assert (error.operation.name, error.attempts, error.maybe_applied) == (losses.operation, 1, True)
        assert error.__cause__ is not None
    else:
        assert error is None
        find_applied = OPERATIONS[losses.operation].lookup is not None
        assert losses.sent == (1 if find_applied else 2)
        assert losses.deduplicated or not (find_applied or retry_safety in MARKED)
    count(capsys, SURVIVED, losses.operation)


def test_every_operation_has_its_case() -> None:
    assert {operation_of(case) for case in CASES} >= OPERATIONS.keys()
