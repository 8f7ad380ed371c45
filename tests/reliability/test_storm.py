"""Many calls to a server that is down, or not there: the retries of all of them together have a bound."""

from __future__ import annotations

import time
from collections import Counter

import anyio
import pytest

from prefectkit.core.errors import CallError, ConnectError, ServerError
from prefectkit.core.retries.budget import RetryBudget
from prefectkit.core.retries.policy import RetryPolicy
from tests.faults import Connection, FaultServer, closed_port
from tests.faults.server import Fault
from tests.reliability.bench import SURFACES, client_of, run
from tests.report import Capture, say

CALLS = 1000
AT_ONCE = 50
MOST = CALLS + RetryBudget.CAPACITY // RetryBudget.RETRY
"""Requests: one for each call, and the retries that the tokens are enough for, but for those that time brings."""


class Down(FaultServer):
    """Responds to everything with 503."""

    def fault_of(self, connection: Connection) -> Fault:
        return lambda connection: connection.read_and_respond(b'{"detail":"down"}', status="503 Service Unavailable")


async def storm(surface: str, url: str) -> list[CallError]:
    """What so many calls at once end with."""
    errors: list[CallError] = []
    async with client_of(surface, url) as client:
        places = anyio.CapacityLimiter(AT_ONCE)

        async def one() -> None:
            async with places:
                with pytest.raises(CallError) as caught:
                    await client.variables.read_by_name("x")
                errors.append(caught.value)

        async with anyio.create_task_group() as group:
            for _ in range(CALLS):
                group.start_soon(one)
    return errors


def check(
    surface: str,
    what: str,
    errors: list[CallError],
    sent: int,
    kind: type[CallError],
    capsys: Capture,
    seconds: float,
) -> None:
    most = MOST + int(seconds * RetryBudget.PER_SECOND / RetryBudget.RETRY)
    ends = Counter(error.exhausted for error in errors if type(error) is kind)
    told = ends["attempts"] + ends["budget"]
    say(capsys, f"T8 storm, {what}, {surface}: survived {told}/{CALLS}, {sent} requests, at most {most}")
    assert told == len(errors) == CALLS
    assert sent == sum(error.attempts for error in errors) <= most
    assert ends["budget"] > CALLS / 2


@pytest.mark.parametrize("surface", SURFACES)
def test_a_server_that_is_down(surface: str, capsys: Capture) -> None:
    started = time.monotonic()
    with Down() as server:
        errors = run(surface, storm, surface, server.url)
        seconds = time.monotonic() - started
        check(surface, "503", errors, len(server.received), ServerError, capsys, seconds)
    assert seconds < RetryPolicy().deadline


@pytest.mark.parametrize("surface", SURFACES)
def test_a_server_that_is_not_there(surface: str, capsys: Capture) -> None:
    started = time.monotonic()
    errors = run(surface, storm, surface, f"http://127.0.0.1:{closed_port()}/api")
    seconds = time.monotonic() - started
    check(surface, "no server", errors, sum(error.attempts for error in errors), ConnectError, capsys, seconds)
    assert seconds < RetryPolicy().deadline
