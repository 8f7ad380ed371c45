"""Every way in which the wire can fail x an operation of every kind x every client: what a caller may rely on."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import anyio
import pytest

from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    CallError,
    PrefectKitError,
    RedirectError,
    ResponseDecodeError,
    ServerError,
    TransportError,
)
from prefectkit.core.retry import Replay
from prefectkit.transports.http import HTTPSettings
from tests.faults import FAULTS, Connection
from tests.faults.ledger import LedgerServer
from tests.faults.server import Fault
from tests.reliability.bench import SURFACES, Capture, client_of, run, say, with_options
from tests.reliability.operations import CHANGES, KINDS, Kind
from tests.surfaces import Awaited
from tests.transports.http_senders import eventually, sockets

SECRET = "pnu_hunter2hunter2"
# One connection, so that a call which keeps it is noticed by the next.
SETTINGS = HTTPSettings(max_connections=1, max_body_bytes=1 << 20)
LONGEST = 20.0
NUMBERS = count()

Broken = list[str]
Check = Callable[[str, bool], None]


def _refuse(connection: Connection, status: str, *headers: str) -> bool:
    """Answer without having done anything."""
    connection.take()
    return connection.respond(b'{"detail":"not now"}', *headers, status=status)


def _fail(connection: Connection, status: str, *headers: str) -> bool:
    """Do what was asked, and answer that it went wrong."""
    return connection.answer(b'{"detail":"broken"}', *headers, status=status)


STATUSES: dict[str, Fault] = {
    "425": partial(_refuse, status="425 Too Early"),
    "429": partial(_refuse, status="429 Too Many Requests"),
    "429 and when": lambda connection: _refuse(connection, "429 Too Many Requests", "retry-after: 0"),
    "408": partial(_fail, status="408 Request Timeout"),
    "502": partial(_fail, status="502 Bad Gateway"),
    "503": partial(_fail, status="503 Service Unavailable"),
    "503 and a date": lambda connection: _fail(connection, "503 Busy", "retry-after: Wed, 21 Oct 2015 07:28:00 GMT"),
    "503 and nan": lambda connection: _fail(connection, "503 Busy", "retry-after: nan"),
    "503 and in a year": lambda connection: _fail(connection, "503 Busy", "retry-after: 31536000"),
    "504": partial(_fail, status="504 Gateway Timeout"),
}
EVERY: dict[str, Fault] = {**FAULTS, **STATUSES}

# What says that nothing was done.
REFUSED = frozenset({"425", "429", "429 and when"})

# What ends by the clock only.
HANGING = frozenset({"hang", "hang-body", "drip-body", "drip-headers", "endless-hints"})

# What another attempt does not mend.
FINAL: dict[str, type[CallError]] = {
    "bomb": TransportError,
    "deflate": TransportError,
    "double-bomb": TransportError,
    "endless-body": TransportError,
    "html": ResponseDecodeError,
    "redirect": RedirectError,
    "unknown-coding": TransportError,
    "503 and in a year": ServerError,
}


async def outcome_of(client: Awaited, kind: Kind, name: str) -> Any:
    """What the call answers, or what it raises."""
    try:
        return await kind.call(client, name)
    except Exception as error:
        return error


class Cell:
    """One fault, one operation, one client."""

    def __init__(self, client: Awaited, server: LedgerServer, fault: str, kind: str) -> None:
        self.client = client
        self.server = server
        self.fault = fault
        self.kind = KINDS[kind]
        self.changes = kind in CHANGES
        self.broken: Broken = []

    def check(self, promise: str, kept: bool) -> None:
        if not kept:
            self.broken.append(promise)

    async def lived(self) -> Broken:
        """The promises that were not kept: where the fault passes, and where it stays."""
        await self._round("passing", [EVERY[self.fault]], max_attempts=5)
        await self._round("staying", [EVERY[self.fault]] * 9, max_attempts=2)
        return self.broken

    async def _round(self, which: str, plan: list[Fault], *, max_attempts: int) -> None:
        name = f"{which}-{next(NUMBERS)}"
        timeout = 0.15 if self.fault in HANGING else 5
        client = with_options(self.client, timeout=timeout, deadline=LONGEST, max_attempts=max_attempts)
        self.kind.prepare(self.server.ledger, name)
        tasks, open_before = len(anyio.get_running_tasks()), sockets()
        started = time.monotonic()
        self.server.plan.extend(plan)
        outcome = await outcome_of(client, self.kind, name)
        self.server.plan.clear()
        self.check(f"{which}: ends in time", time.monotonic() - started < LONGEST + 5)
        applied = self.server.ledger.applied[name]
        if isinstance(outcome, Exception):
            self._is_right_error(which, outcome, applied)
        else:
            self.check(f"{which}: the right value", self.kind.is_right(outcome, name))
            self.check(f"{which}: what is answered is done", applied == self.changes)
        self.check(f"{which}: done at most once", applied <= 1)
        after = await outcome_of(self.client, KINDS["GET"], name)
        self.check(f"{which}: the next call succeeds", KINDS["GET"].is_right(after, name) if after else False)
        self.check(f"{which}: no task is left", len(anyio.get_running_tasks()) <= tasks)
        self.check(f"{which}: no socket is left", eventually(lambda: sockets() <= open_before))

    def _is_right_error(self, which: str, error: Exception, applied: int) -> None:
        text = "".join(traceback.format_exception(error)) + repr(error)
        self.check(f"{which}: no secret in the error", SECRET not in text)
        expected: type[Exception] = FINAL.get(self.fault, PrefectKitError)
        if self.kind.replay is Replay.NEVER and self.fault not in (FINAL.keys() - STATUSES.keys()) | REFUSED:
            expected = AmbiguousOutcomeError
        elif which == "passing":
            self.check("passing: another attempt mends it", self.fault in FINAL)
        self.check(f"{which}: {error!r:.300} is a {expected.__name__}", isinstance(error, expected))
        if isinstance(error, CallError) and self.fault != "redirect":
            told = error.maybe_applied or not applied or not self.changes
            self.check(f"{which}: it is told that it may be done", told)


@pytest.mark.parametrize("surface", SURFACES)
def test_what_survives(surface: str, capsys: Capture, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "prefectkit")
    cells: dict[tuple[str, str], Broken] = {}

    async def main(server: LedgerServer) -> None:
        for fault in EVERY:
            # A client of its own, as each has tokens for so many attempts only.
            async with client_of(surface, server.api, settings=SETTINGS, api_key=SECRET) as client:
                for kind in KINDS:
                    # The next call of each makes the connection that it starts with.
                    assert await client.variables.read_by_name("first")
                    assert eventually(lambda: server.open <= 1)
                    cells[fault, kind] = await Cell(client, server, fault, kind).lived()

    threads = threading.active_count()
    with LedgerServer() as server:
        run(surface, main, server)
    lost = {cell: broken for cell, broken in cells.items() if broken}
    say(capsys, f"T1 wire matrix, {surface}: survived {len(cells) - len(lost)}/{len(cells)}")
    assert lost == {}
    assert len(cells) == len(EVERY) * len(KINDS)
    assert threading.active_count() <= threads
    assert SECRET not in caplog.text
