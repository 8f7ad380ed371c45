"""A real server behind a proxy that fails every third request: no duplicates, no lost changes, no wrong errors."""

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
from tests.reliability.chaos import KINDS, MARKED, RATE, CallOutcome, ChangeSummary, ChaosNames, Kind
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


def ours(
    kind: Kind, names: list[str], chaos: ChaosNames, proxy: ChaosProxy, plugins: tuple[Any, ...] = ()
) -> list[CallOutcome]:
    """Make the changes, with one client after the other."""
    outcomes: list[CallOutcome] = []

    async def main(names: list[str]) -> None:
        async with client_of(SURFACES[kind.letter], proxy.api, timeout=TIMEOUT, plugins=plugins) as client:
            for name in names:
                try:
                    await kind.ours(client, name, chaos.flow_id)
                except CallError as error:
                    outcomes.append(CallOutcome(name, error, error.status if isinstance(error, StatusError) else None))
                else:
                    outcomes.append(CallOutcome(name))

    for start in range(0, len(names), PER_CLIENT):
        run(SURFACES[kind.letter], main, names[start : start + PER_CLIENT])
    return outcomes


class Impatient(ModuleType):
    """anyio with short sleeps."""

    def __getattr__(self, name: str) -> Any:
        return getattr(anyio, name)

    @staticmethod
    async def sleep(seconds: float) -> None:
        await anyio.sleep(min(seconds, 0.01))


def official(kind: Kind, names: list[str], chaos: ChaosNames, proxy: ChaosProxy) -> list[CallOutcome]:
    """The same with the official client."""
    import httpx
    from prefect.client.orchestration import PrefectClient
    from prefect.exceptions import PrefectException

    outcomes: list[CallOutcome] = []

    async def main() -> None:
        client: Any = PrefectClient(proxy.api, httpx_settings={"timeout": TIMEOUT})
        async with client:
            for name in names:
                try:
                    await kind.official(client, name, chaos.flow_id)
                except (httpx.HTTPError, PrefectException, ValueError) as error:
                    # Its own errors have the response's in `http_exc`.
                    response = getattr(getattr(error, "http_exc", error), "response", None)
                    outcomes.append(CallOutcome(name, error, response.status_code if response is not None else None))
                else:
                    outcomes.append(CallOutcome(name))

    anyio.run(main)
    return outcomes


def reports_the_truth(outcome: CallOutcome, kind: Kind, rows: int) -> bool:
    """Whether `maybe_applied` of an error is right."""
    assert isinstance(outcome.error, CallError)
    is_done = (rows > 0) == (kind.leaves > 0)
    return outcome.error.maybe_applied or not is_done


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.letter)
def test_ours(kind: Kind, server: RealServer, capsys: Capture) -> None:
    with ChaosNames(server.url) as chaos, proxy_of(server) as proxy:
        names = chaos.names(kind, KEYED if kind.letter == "K" else OTHERS)
        outcomes = ours(kind, names, chaos, proxy)
        rows = chaos.rows(kind)
    summary = ChangeSummary.of(kind, outcomes, rows)
    faults = sum(map(len, proxy.injected.values()))
    survived = len(outcomes) - summary.wrong
    say(capsys, f"T4 chaos {kind.letter}, {faults} faults: survived {survived}/{summary.calls}; {summary}")
    assert summary.wrong == 0
    assert faults > len(names) * RATE / 2
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    assert [outcome for outcome in failed if not reports_the_truth(outcome, kind, rows[outcome.name])] == []
    ambiguous = {outcome.name[13:]: outcome for outcome in failed if isinstance(outcome.error, AmbiguousOutcomeError)}
    if kind.letter != "X":
        # A call that fails for good had faults in five attempts in a row; one with a conflict sends two requests.
        requests = 2 if kind.letter == "C" else 1
        assert not ambiguous
        assert len(failed) <= 1 + 2 * len(names) * RATE * (requests * RATE) ** 4
        return
    hit = {mark for mark, kinds in proxy.injected.items() if any(each != REFUSED for each in kinds)}
    slow = {mark for mark, it in ambiguous.items() if isinstance(it.error and it.error.__cause__, TransportTimeout)}
    assert hit <= ambiguous.keys() <= hit | slow
    # Reading back resolves each of them.
    resolved = sum(rows[it.name] == proxy.done[mark] <= 1 for mark, it in ambiguous.items())
    say(capsys, f"T4 chaos X: {resolved}/{len(ambiguous)} ambiguous outcomes resolved by reading back")
    assert resolved == len(ambiguous)


class WithoutKeys:
    """A plugin that removes the idempotency keys."""

    @hookimpl
    def before_call(self, call: Call) -> None:
        body = json.loads(call.request.body)
        body.pop("idempotency_key", None)
        call.request.body = json.dumps(body).encode()


def test_without_keys_there_are_duplicates(server: RealServer, capsys: Capture) -> None:
    kind = KINDS[0]
    with ChaosNames(server.url) as chaos, proxy_of(server) as proxy:
        outcomes = ours(kind, chaos.names(kind, 60), chaos, proxy, (WithoutKeys(),))
        summary = ChangeSummary.of(kind, outcomes, chaos.rows(kind))
    say(capsys, f"T4 control, without keys: {summary}")
    assert summary.duplicates > 0


@pytest.mark.filterwarnings("ignore")
def test_the_official_client(server: RealServer, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.client import base

    monkeypatch.setattr(base, "anyio", Impatient("anyio"))
    for kind in KINDS:
        with ChaosNames(server.url) as chaos, proxy_of(server) as proxy:
            outcomes = official(kind, chaos.names(kind, OFFICIAL), chaos, proxy)
            summary = ChangeSummary.of(kind, outcomes, chaos.rows(kind))
        say(capsys, f"T4 chaos {kind.letter}, the official client: {summary}")
        assert summary.calls == OFFICIAL
