"""One cell of the fault matrix: one fault, one operation, one client, and the guarantees that must hold."""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Set
from itertools import count
from typing import Any, NamedTuple, Protocol

import anyio

from prefectkit.core.errors import AmbiguousOutcomeError, CallError, PrefectKitError
from prefectkit.core.retries.policy import RetrySafety
from tests.faults.ledger import Ledger
from tests.reliability.bench import SOAK, with_options
from tests.reliability.operations import CHANGES, KINDS, Kind
from tests.surfaces import Awaited
from tests.transports.http_senders import sockets

SECRET = "pnu_hunter2hunter2"
LONGEST = 20.0
NUMBERS = count()

Broken = list[str]


class Server(Protocol):
    """A server that fails on request."""

    ledger: Ledger
    plan: deque[Any]


class Faults(NamedTuple):
    """What can go wrong, and how that ends.

    Attributes:
        every: All of them, by name.
        hanging: Those that end by the clock only.
        refused: Those that say that nothing was done.
        final: The errors of those that another attempt does not mend.
        final_for_all: Those of them that end even a call which may not be sent twice as they end the others.
    """

    every: Mapping[str, Any]
    hanging: Set[str]
    refused: Set[str] = frozenset()
    final: Mapping[str, type[CallError]] = {}
    final_for_all: Set[str] = frozenset()


async def settled(condition: Callable[[], bool]) -> bool:
    """Whether it comes true, while others get their turn."""
    for _ in range(500):
        if condition():
            return True
        await anyio.sleep(0.01)
    return False


async def outcome_of(client: Awaited, kind: Kind, name: str) -> Any:
    """What the call returns, or what it raises."""
    try:
        return await kind.call(client, name)
    except Exception as error:
        return error


class Cell:
    """It survives where it keeps every promise."""

    def __init__(self, client: Awaited, server: Server, faults: Faults, fault: str, kind: str) -> None:
        self.client = client
        self.server = server
        self.faults = faults
        self.fault = fault
        self.kind = KINDS[kind]
        self.changes = kind in CHANGES
        self.broken: Broken = []

    async def run(self) -> Broken:
        """The guarantees that did not hold: with a transient fault, and with a permanent one."""
        fault = self.faults.every[self.fault]
        await self._round("passing", [fault], max_attempts=5)
        if SOAK or self.fault not in self.faults.hanging:
            await self._round("staying", [fault] * 9, max_attempts=2)
        return self.broken

    def _check(self, guarantee: str, holds: bool) -> None:
        if not holds:
            self.broken.append(guarantee)

    async def _round(self, which: str, plan: list[Any], *, max_attempts: int) -> None:
        name = f"{which}-{next(NUMBERS)}"
        timeout = 0.15 if self.fault in self.faults.hanging else 5
        client = with_options(self.client, timeout=timeout, deadline=LONGEST, max_attempts=max_attempts)
        self.kind.prepare(self.server.ledger, name)
        tasks, open_before = len(anyio.get_running_tasks()), sockets()
        started = time.monotonic()
        self.server.plan.extend(plan)
        outcome = await outcome_of(client, self.kind, name)
        self.server.plan.clear()
        self._check(f"{which}: ends in time", time.monotonic() - started < LONGEST + 5)
        applied = self.server.ledger.applied[name]
        if isinstance(outcome, Exception):
            self._is_right_error(which, outcome, applied)
        else:
            self._check(f"{which}: the right value", self.kind.is_right(outcome, name))
            self._check(f"{which}: what is answered is done", applied == self.changes)
        self._check(f"{which}: done at most once", applied <= 1)
        after = await outcome_of(self.client, KINDS["GET"], name)
        succeeds = not isinstance(after, Exception) and KINDS["GET"].is_right(after, name)
        self._check(f"{which}: the next call succeeds", succeeds)
        left = await settled(lambda: len(anyio.get_running_tasks()) <= tasks and sockets() <= open_before)
        self._check(f"{which}: no task and no socket is left", left)

    def _is_right_error(self, which: str, error: Exception, applied: int) -> None:
        text = "".join(traceback.format_exception(error)) + repr(error)
        self._check(f"{which}: no secret in the error", SECRET not in text)
        expected: type[Exception] = self.faults.final.get(self.fault, PrefectKitError)
        if (
            self.kind.retry_safety is RetrySafety.NEVER
            and self.fault not in self.faults.final_for_all | self.faults.refused
        ):
            expected = AmbiguousOutcomeError
        elif which == "passing":
            self._check("passing: another attempt mends it", self.fault in self.faults.final)
        self._check(f"{which}: {error!r:.300} is a {expected.__name__}", isinstance(error, expected))
        # What points elsewhere says that it did nothing, though here it did.
        if isinstance(error, CallError) and self.fault != "redirect":
            told = error.maybe_applied or not applied or not self.changes
            self._check(f"{which}: it is told that it may be done", told)
