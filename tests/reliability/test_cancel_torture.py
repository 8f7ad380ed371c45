"""Calls that are cancelled at each of their steps, and while they wait: nothing leaks, and nothing is sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from random import Random
from typing import Any

import anyio
import httpx
import pytest

from prefectkit.transports.http import HTTPSettings
from tests.faults.ledger import LedgerServer
from tests.faults.server import FaultServer
from tests.reliability.bench import client_of, run, size
from tests.reliability.cells import settled
from tests.reliability.operations import CHANGES, KINDS
from tests.report import Capture, say
from tests.surfaces import Awaited
from tests.transports.http_senders import sockets

SURFACES = ("asyncio", "trio")
# One connection, so that a call which keeps it is noticed by the next.
ONE = HTTPSettings(max_connections=1)
EACH_ITS_OWN = HTTPSettings(max_connections=1, max_keepalive_connections=0)
POOL = 4
TICKS = 60


pytestmark = pytest.mark.usefixtures("quick_threads")


class CancelledAt:
    """Awaits a coroutine, and cancels a scope when it is suspended for the so-and-so-manieth time.

    Attributes:
        steps: How often it was suspended.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, Any], scope: anyio.CancelScope, at: int) -> None:
        self._coroutine = coroutine
        self._scope = scope
        self._at = at
        self.steps = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        resume: Callable[[], Any] = lambda: self._coroutine.send(None)  # noqa: E731 -- it is replaced
        while True:
            try:
                waited_for = resume()
            except StopIteration as stop:
                return stop.value
            self.steps += 1
            if self.steps == self._at:
                self._scope.cancel()
            try:
                value = yield waited_for
            except BaseException as error:
                resume = _throwing(self._coroutine, error)
            else:
                resume = _sending(self._coroutine, value)


def _throwing(coroutine: Coroutine[Any, Any, Any], error: BaseException) -> Callable[[], Any]:
    return lambda: coroutine.throw(error)


def _sending(coroutine: Coroutine[Any, Any, Any], value: Any) -> Callable[[], Any]:
    return lambda: coroutine.send(value)


class Torture:
    """Cancels the calls of one client, and looks at what is left.

    Attributes:
        points: Where a call was cancelled.
        broken: The points after which something was left or done twice.
    """

    def __init__(self, client: Awaited, server: LedgerServer) -> None:
        self.client = client
        self.server = server
        self.points: list[str] = []
        self.broken: list[str] = []

    async def of(self, kind: str) -> None:
        """Cancel calls of a kind, until one comes to its end before."""
        for step in range(1, 1000):
            name = f"{kind}-step-{step}".replace(" ", "-")

            async def cancelled(name: str = name, step: int = step) -> bool:
                with anyio.CancelScope() as scope:
                    await CancelledAt(KINDS[kind].call(self.client.target, name), scope, step)  # type: ignore[arg-type] -- a coroutine
                return scope.cancelled_caught

            if not await self.at(kind, name, cancelled):
                return

    async def by_ticks(self, kind: str) -> None:
        """Cancel calls after so many turns of the loop, of which there are many in a step."""
        for ticks in range(TICKS):
            name = f"{kind}-tick-{ticks}".replace(" ", "-")

            async def cancelled(name: str = name, ticks: int = ticks) -> bool:
                task = asyncio.ensure_future(KINDS[kind].call(self.client.target, name))
                for _ in range(ticks):
                    await asyncio.sleep(0)
                task.cancel()
                (result,) = await asyncio.gather(task, return_exceptions=True)
                return isinstance(result, asyncio.CancelledError)

            await self.at(kind, name, cancelled)

    async def at(self, kind: str, name: str, cancelled: Callable[[], Awaitable[bool]]) -> bool:
        """Whether it was cancelled there."""
        ledger = self.server.ledger
        KINDS[kind].prepare(ledger, name)
        assert await self.client.variables.read_by_name("before")
        await settled(lambda: self.server.open <= 1)
        tasks, open_before = len(anyio.get_running_tasks()), sockets()
        sent = len(self.server.received)
        hit = await cancelled()
        left = await settled(lambda: len(anyio.get_running_tasks()) <= tasks and sockets() <= open_before)
        resent = len(self.server.received) - sent > 1
        after = await self.client.variables.read_by_name(name)
        once = ledger.applied[name] <= 1 if kind in CHANGES else True
        self.points.append(name)
        if not (left and once and not resent and after.name == name):
            self.broken.append(name)
        return hit


@pytest.mark.parametrize("surface", SURFACES)
def test_at_each_step(surface: str, capsys: Capture) -> None:
    points: list[str] = []
    broken: list[str] = []

    async def main(server: LedgerServer, settings: HTTPSettings) -> None:
        async with client_of(surface, server.api, settings=settings, timeout=10) as client:
            # What is asked once for all is asked before.
            await client.variables.create(name="first", value=1)
            torture = Torture(client, server)
            for kind in KINDS:
                await torture.of(kind)
                if surface == "asyncio":
                    await torture.by_ticks(kind)
        points.extend(torture.points)
        broken.extend(torture.broken)

    for settings in (ONE, EACH_ITS_OWN):
        with LedgerServer() as server:
            run(surface, main, server, settings)
    say(capsys, f"T6 cancelled at each step, {surface}: survived {len(points) - len(broken)}/{len(points)}")
    assert broken == []
    assert len(points) > 8 * len(KINDS)


WAITING = {
    "for a response": ["hang"],
    "for the rest of the head": ["drip-headers"],
    "for the rest of the body": ["drip-body"],
    "for the next attempt": ["fail"] * 9,
}


@pytest.mark.parametrize("surface", SURFACES)
def test_while_it_waits(surface: str, capsys: Capture) -> None:
    broken: list[str] = []

    async def main(server: LedgerServer) -> None:
        async with client_of(surface, server.api, settings=ONE, timeout=10) as client:
            await client.variables.create(name="first", value=1)
            torture = Torture(client, server)
            # The pause between two attempts is longer than anybody waits here.
            client.target._engine._random = lambda low, high: 60.0
            for place, plan in WAITING.items():
                for kind in KINDS:

                    async def cancelled(kind: str = kind, plan: list[str] = plan) -> bool:
                        server.plan.extend(plan)
                        with anyio.move_on_after(0.03) as scope:
                            await KINDS[kind].call(client.target, "waiting")
                        server.plan.clear()
                        return scope.cancelled_caught

                    if KINDS[kind].retry_safety.name == "NEVER" and place == "for the next attempt":
                        continue
                    server.ledger.applied.clear()
                    server.ledger.objects.pop("waiting", None)
                    assert await torture.at(kind, "waiting", cancelled)
        broken.extend(torture.broken)
        points = len(torture.points)
        say(capsys, f"T6 cancelled while it waits, {surface}: survived {points - len(broken)}/{points}")

    with LedgerServer() as server:
        run(surface, main, server)
    assert broken == []


@pytest.mark.parametrize("surface", SURFACES)
def test_while_another_has_the_connection_and_while_the_client_closes(surface: str) -> None:
    async def main(server: LedgerServer) -> None:
        before = sockets()
        async with client_of(surface, server.api, settings=ONE, timeout=10) as client:
            await client.variables.read_by_name("first")
            for _ in range(5):
                server.plan.append("hang")
                async with anyio.create_task_group() as group:
                    group.start_soon(client.target.variables.read_by_name, "holds it")
                    await anyio.sleep(0.02)
                    with anyio.move_on_after(0.02) as scope:
                        await client.variables.read_by_name("waits for it")
                    assert scope.cancelled_caught
                    group.cancel_scope.cancel()
                assert (await client.variables.read_by_name("next")).name == "next"
        for step in range(1, 20):
            async with client_of(surface, server.api, settings=ONE, timeout=10) as client:
                await client.variables.read_by_name("first")
                with anyio.CancelScope() as scope:
                    await CancelledAt(client.target.aclose(), scope, step)
        assert await settled(lambda: sockets() <= before)

    with LedgerServer() as server:
        run(surface, main, server)


@pytest.mark.parametrize("surface", SURFACES)
def test_churn(surface: str, capsys: Capture) -> None:
    count = size(800, 20_000)

    async def main(server: LedgerServer) -> int:
        dice = Random(7)
        settings = HTTPSettings(max_connections=POOL)
        async with client_of(surface, server.api, settings=settings, timeout=10) as client:
            places = anyio.CapacityLimiter(2 * POOL)

            async def one(seconds: float) -> None:
                async with places:
                    with anyio.move_on_after(seconds):
                        await client.variables.read_by_name("churn")

            for _ in range(count // 100):
                async with anyio.create_task_group() as group:
                    for _ in range(100):
                        group.start_soon(one, dice.uniform(0, 0.02))
            return sum([(await client.variables.read_by_name(str(i))).name == str(i) for i in range(100)])

    before = sockets()
    with LedgerServer() as server:
        good = run(surface, main, server)
    say(capsys, f"T7 after {count} calls that were cancelled at random, {surface}: survived {good}/100")
    assert good == 100
    assert sockets() <= before


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_plain_httpx_leaks(capsys: Capture) -> None:
    # Were it not to, the torture would be none.
    async def main(url: str) -> int:
        leaks = 0
        for ticks in range(TICKS):
            limits = httpx.Limits(max_connections=1)
            async with httpx.AsyncClient(base_url=url, limits=limits, timeout=0.3) as client:
                await client.get("/echo")
                for _ in range(3):
                    tasks = [asyncio.ensure_future(client.get("/echo")) for _ in range(2)]
                    for _ in range(ticks):
                        await asyncio.sleep(0)
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
                try:
                    await client.get("/echo")
                except httpx.PoolTimeout:
                    leaks += 1
        return leaks

    leaks = rounds = 0
    with FaultServer() as server:
        while not leaks and rounds < 5:
            leaks, rounds = asyncio.run(main(server.url)), rounds + 1
    say(capsys, f"T6 control, plain httpx: {leaks} of {rounds * TICKS} ticks leak")
    assert leaks >= 1
