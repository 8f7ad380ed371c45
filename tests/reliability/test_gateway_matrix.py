"""A gateway responds in place of the server, also after a lost attempt: no change is reported as done that is not."""

from __future__ import annotations

from itertools import count as numbers
from typing import Any

import pytest

from prefectkit.core.errors import CallError, ResponseDecodeError
from tests.faults import Connection
from tests.faults.gateway import GATEWAY, SIGN_IN
from tests.faults.ledger import LedgerServer
from tests.faults.server import Fault
from tests.reliability.bench import SOAK, SURFACES, client_of, run
from tests.reliability.cells import outcome_of
from tests.reliability.operations import CHANGES, KINDS
from tests.report import Capture, say

NUMBERS = numbers()


def unavailable(connection: Connection) -> bool:
    """The gateway's own 503: the server has seen nothing."""
    connection.take()
    return connection.respond(b"upstream connect error", "content-type: text/plain", status="503 Service Unavailable")


BEFORE: dict[str, list[Fault | str]] = {
    "alone": [],
    "after its own 503": [unavailable],
    "after a response that was lost": ["reset-after-apply"],
}


async def failed_guarantees(client: Any, server: LedgerServer, kind: str, plan: list[Fault | str]) -> list[str]:
    """What one operation breaks of what is promised."""
    it, name, broken = KINDS[kind], f"gateway-{next(NUMBERS)}", list[str]()
    it.prepare(server.ledger, name)
    server.plan.extend(plan)
    outcome = await outcome_of(client, it, name)
    server.plan.clear()
    applied = server.ledger.applied[name]
    if not isinstance(outcome, Exception):
        if kind in CHANGES and not applied:
            broken.append("told as done, and is not")
        if not it.is_right(outcome, name):
            broken.append(f"a wrong value: {outcome!r:.100}")
    elif not isinstance(outcome, CallError):
        broken.append(f"{outcome!r:.200} is no CallError")
    elif applied and not outcome.maybe_applied:
        broken.append("done, and told as not done")
    elif plan[0] in SIGN_IN.values() and not isinstance(outcome, ResponseDecodeError):
        if not isinstance(outcome.__cause__, ResponseDecodeError):
            broken.append(f"{outcome!r:.200} does not say what came")
    if applied > 1:
        broken.append("done twice")
    return broken


@pytest.mark.parametrize("surface", (*SURFACES, "aiohttp") if SOAK else SURFACES)
def test_a_gateway_error_does_not_decide_the_outcome(surface: str, capsys: Capture) -> None:
    lost: dict[tuple[str, str, str], list[str]] = {}
    cells = 0

    async def main(server: LedgerServer) -> None:
        nonlocal cells
        for gateway, fault in GATEWAY.items():
            async with client_of(surface, server.api) as client:
                for before, plan in BEFORE.items():
                    for kind in KINDS:
                        cells += 1
                        # One that stays responds to each further attempt, too.
                        if broken := await failed_guarantees(client, server, kind, [*plan, *[fault] * 5]):
                            lost[gateway, before, kind] = broken

    with LedgerServer() as server:
        run(surface, main, server)
    say(capsys, f"T24 a gateway in the server's place, {surface}: survived {cells - len(lost)}/{cells}")
    assert lost == {}
    assert cells == len(GATEWAY) * len(BEFORE) * len(KINDS)
