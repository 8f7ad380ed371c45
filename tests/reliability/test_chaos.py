"""A real server behind a proxy that fails every third request: nothing is doubled, lost, or told wrongly."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import anyio
import pytest

from prefectkit.core.errors import AmbiguousOutcomeError, CallError, StatusError, TransportTimeout
from prefectkit.plugins import Call, hookimpl
from tests.faults.proxy import REFUSED, ChaosProxy
from tests.real_server import RealServer, quiet
from tests.reliability.bench import client_of, run, size
from tests.reliability.chaos import KINDS, MARKED, RATE, Ending, Kind, Tally, World
from tests.report import Capture, say

SEED = int(os.environ.get("CHAOS_SEED", "20240229"))
KEYED = int(os.environ.get("CHAOS_CREATES", size(60, 2000)))
OTHERS = int(os.environ.get("CHAOS_OTHERS", size(40, 300)))
OFFICIAL = int(os.environ.get("CHAOS_OFFICIAL", size(20, 300)))

TIMEOUT = 1.0
PER_CLIENT = 50
"""Calls of one client: at this rate, one that makes some hundreds of calls would send nothing again."""

# The kind of client makes no difference to what is sent, so each has its share.
SURFACES = {"K": "sync", "C": "asyncio", "D": "trio", "X": "sync"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """One of its own: what is cut off in the middle may leave SQLite locked for a while."""
    with quiet(tmp_path_factory.mktemp("prefect")) as url:
        yield RealServer(None, url)


def proxy_of(server: RealServer) -> ChaosProxy:
    return ChaosProxy(server.url, seed=SEED, rate=RATE, marked=MARKED)


def ours(kind: Kind, names: list[str], world: World, proxy: ChaosProxy, plugins: tuple[Any, ...] = ()) -> list[Ending]:
    """Make the changes, with one client after the other."""
    endings: list[Ending] = []

    async def main(names: list[str]) -> None:
        async with client_of(SURFACES[kind.letter], proxy.api, timeout=TIMEOUT, plugins=plugins) as client:
            for name in names:
                try:
                    await kind.ours(client, name, world.flow_id)
                except CallError as error:
                    endings.append(Ending(name, error, error.status if isinstance(error, StatusError) else None))
                else:
                    endings.append(Ending(name))

    for start in range(0, len(names), PER_CLIENT):
        run(SURFACES[kind.letter], main, names[start : start + PER_CLIENT])
    return endings


class Impatient(ModuleType):
    """anyio, where nobody sleeps for long."""

    def __getattr__(self, name: str) -> Any:
        return getattr(anyio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await anyio.sleep(min(seconds, 0.01))


def official(kind: Kind, names: list[str], world: World, proxy: ChaosProxy) -> list[Ending]:
    """The same with the official client."""
    import httpx
    from prefect.client.orchestration import PrefectClient
    from prefect.exceptions import PrefectException

    endings: list[Ending] = []

    async def main() -> None:
        client: Any = PrefectClient(proxy.api, httpx_settings={"timeout": TIMEOUT})
        async with client:
            for name in names:
                try:
                    await kind.official(client, name, world.flow_id)
                except (httpx.HTTPError, PrefectException, ValueError) as error:
                    # Its own errors have the response's in `http_exc`.
                    response = getattr(getattr(error, "http_exc", error), "response", None)
                    endings.append(Ending(name, error, response.status_code if response is not None else None))
                else:
                    endings.append(Ending(name))

    anyio.run(main)
    return endings


def is_told(ending: Ending, kind: Kind, there: int) -> bool:
    """Whether what an error says of the outcome is so."""
    assert isinstance(ending.error, CallError)
    is_done = (there > 0) == (kind.leaves > 0)
    return ending.error.maybe_applied or not is_done


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.letter)
def test_ours(kind: Kind, server: RealServer, capsys: Capture) -> None:
    with World(server.url) as world, proxy_of(server) as proxy:
        names = world.names(kind, KEYED if kind.letter == "K" else OTHERS)
        endings = ours(kind, names, world, proxy)
        rows = world.rows(kind)
    tally = Tally.of(kind, endings, rows)
    faults = sum(map(len, proxy.injected.values()))
    survived = len(endings) - tally.wrong
    say(capsys, f"T4 chaos {kind.letter}, {faults} faults: survived {survived}/{tally.calls}; {tally}")
    assert tally.wrong == 0
    assert faults > len(names) * RATE / 2
    failed = [ending for ending in endings if ending.error is not None]
    assert [ending for ending in failed if not is_told(ending, kind, rows[ending.name])] == []
    ambiguous = {ending.name[13:]: ending for ending in failed if isinstance(ending.error, AmbiguousOutcomeError)}
    if kind.letter != "X":
        # What fails for good is hit in five attempts in a row; one that finds a conflict sends two requests.
        requests = 2 if kind.letter == "C" else 1
        assert not ambiguous
        assert len(failed) <= 1 + 2 * len(names) * RATE * (requests * RATE) ** 4
        return
    hit = {mark for mark, kinds in proxy.injected.items() if any(each != REFUSED for each in kinds)}
    slow = {mark for mark, it in ambiguous.items() if isinstance(it.error and it.error.__cause__, TransportTimeout)}
    assert hit <= ambiguous.keys() <= hit | slow
    # Reading back says what became of each.
    resolved = sum(rows[it.name] == proxy.done[mark] <= 1 for mark, it in ambiguous.items())
    say(capsys, f"T4 chaos X: {resolved}/{len(ambiguous)} ambiguous outcomes resolved by reading back")
    assert resolved == len(ambiguous)


class WithoutKeys:
    """A plugin that takes the keys out again."""

    @hookimpl
    def before_call(self, call: Call) -> None:
        body = json.loads(call.request.body)
        body.pop("idempotency_key", None)
        call.request.body = json.dumps(body).encode()


def test_without_keys_there_are_duplicates(server: RealServer, capsys: Capture) -> None:
    kind = KINDS[0]
    with World(server.url) as world, proxy_of(server) as proxy:
        endings = ours(kind, world.names(kind, 60), world, proxy, (WithoutKeys(),))
        tally = Tally.of(kind, endings, world.rows(kind))
    say(capsys, f"T4 control, without keys: {tally}")
    assert tally.duplicates > 0


@pytest.mark.filterwarnings("ignore")
def test_the_official_client(server: RealServer, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.client import base

    monkeypatch.setattr(base, "anyio", Impatient("anyio"))
    for kind in KINDS:
        with World(server.url) as world, proxy_of(server) as proxy:
            endings = official(kind, world.names(kind, OFFICIAL), world, proxy)
            tally = Tally.of(kind, endings, world.rows(kind))
        say(capsys, f"T4 chaos {kind.letter}, the official client: {tally}")
        assert tally.calls == OFFICIAL
