"""Every operation that changes something, sent twice to the real server: the retry safety is what the server does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import prefectkit
from prefectkit import Prefect
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.transport import Transport
from prefectkit.errors import AmbiguousOutcomeError
from tests.real_server import RealServer
from tests.report import Capture, say
from tests.resources.runs import Lossy
from tests.sent_twice import others, runs, slots
from tests.sent_twice.doubling import LockRetryingTransport, observe

CASES = runs.cases | others.cases | slots.cases

OPERATIONS = {
    name: it for name, it in prefectkit.operations().items() if it.retry_safety is not RetrySafety.READ and not it.cloud
}

RENAMED = (RetrySafety.DELETE, "the second copy does not find the old name, as if there had been none")

# What the server would bear, and why it is never sent again all the same.
STRICTER = {
    "concurrency_limits.reset_by_tag (without holders)": (
        RetrySafety.IDEMPOTENT,
        "holders would take their slots twice",
    ),
    "flow_runs.resume": (RetrySafety.IDEMPOTENT, "the second response is ABORT, as if the run had not been resumed"),
    "global_concurrency_limits.update (renaming)": RENAMED,
    "variables.update_by_name (renaming)": RENAMED,
    "work_pools.queues.update (renaming)": RENAMED,
}


@pytest.fixture
def client(server: RealServer) -> Iterator[Prefect]:
    with Prefect(server.url, transport=LockRetryingTransport) as opened:
        yield opened


def operation_of(case: str) -> str:
    return case.partition(" ")[0]


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_declared_retry_safety_matches_the_server(case: str, client: Prefect, server: RealServer) -> None:
    seen = observe(client, server.url, operation_of(case), CASES[case](client))
    if case in STRICTER:
        assert (seen.shown, seen.declared) == (STRICTER[case][0], RetrySafety.NEVER)
    else:
        assert seen.shown is seen.declared
    if case == "flow_runs.resume":
        assert seen.second.json()["status"] == "ABORT"


@pytest.mark.parametrize("case", [case for case in CASES if case.endswith("(renaming)")])
def test_a_new_name_is_not_given_again(case: str, client: Prefect, server: RealServer) -> None:
    call, look = CASES[case](client)
    before = look()
    wrapped: list[Lossy] = []

    def wrap(inner: Transport) -> Lossy:
        wrapped.append(Lossy(inner, ""))
        return wrapped[0]

    with Prefect(server.url, transport=wrap) as lossy, pytest.raises(AmbiguousOutcomeError):
        call(lossy)
    assert wrapped[0].sent == 1
    assert look() != before


def test_every_mutating_operation_has_its_case(capsys: Capture) -> None:
    covered = {operation_of(case) for case in CASES}
    say(capsys, f"operations sent twice: {len(covered & OPERATIONS.keys())}/{len(OPERATIONS)}, in {len(CASES)} ways")
    assert covered == OPERATIONS.keys()
    assert STRICTER.keys() <= CASES.keys()
