"""One client in many threads, in many event loops, and in both processes of a fork: each gets its own responses."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.transports.http import AsyncHTTPTransport, HTTPSettings, HTTPTransport
from tests.faults.ledger import LedgerServer
from tests.reliability.bench import size
from tests.reliability.operations import KINDS
from tests.report import Capture, say
from tests.surfaces import Awaited

POOL = HTTPSettings(max_connections=8)

Counts = Counter[str]


async def count(client: Awaited, counts: Counts, prefix: str, calls: int) -> None:
    """Make calls of every kind about names that nobody else has."""
    kinds = [kind for kind in KINDS.values() if kind.prepare is KINDS["GET"].prepare]
    for number in range(calls):
        name = f"{prefix}-{number}"
        kind = kinds[number % len(kinds)]
        try:
            counts["right" if kind.is_right(await kind.call(client, name), name) else "wrong"] += 1
        except Exception as error:
            counts[repr(error)] += 1


def counted(client: Prefect, prefix: str, calls: int) -> Counts:
    """The same in this thread."""
    counts = Counts()
    anyio.run(count, Awaited(client), counts, prefix, calls)
    return counts


def in_threads(works: list[Callable[[], Counts]]) -> Counts:
    """What all of them counted, each in a thread of its own."""
    results: list[Counts] = []
    threads = [threading.Thread(target=lambda work=work: results.append(work())) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(results, Counts())


def client_at(server: LedgerServer) -> Prefect:
    return Prefect(server.api, transport=HTTPTransport(base_url=server.api, settings=POOL))


def test_threads(capsys: Capture) -> None:
    threads, calls = 16, size(40, 1000)
    with LedgerServer() as server, client_at(server) as client:
        counts = in_threads([lambda name=name: counted(client, f"t{name}", calls) for name in range(threads)])
    total = threads * calls
    say(capsys, f"T10 threads: survived {counts['right']}/{total}")
    assert counts == {"right": total}


def test_event_loops(capsys: Capture) -> None:
    threads, loops, tasks, calls = 4, 4, 5, size(5, 50)

    def work(client: Any, name: str) -> Counts:
        counts = Counts()

        async def main(loop: int) -> None:
            async with anyio.create_task_group() as group:
                for task in range(tasks):
                    group.start_soon(count, Awaited(client), counts, f"{name}-{loop}-{task}", calls)

        for loop in range(loops):
            anyio.run(main, loop, backend=("asyncio", "trio")[loop % 2])
        return counts

    with LedgerServer() as server:
        client = AsyncPrefect(server.api, transport=AsyncHTTPTransport(base_url=server.api, settings=POOL))
        counts = in_threads([lambda name=name: work(client, f"l{name}") for name in range(threads)])
        anyio.run(client.aclose)
    total = threads * loops * tasks * calls
    say(capsys, f"T10 event loops in threads: survived {counts['right']}/{total}")
    assert counts == {"right": total}


def start_child(work: Callable[[], Counts], calls: int) -> int:
    """Fork; the child returns how many of its calls went wrong."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    wrong = 250
    try:
        wrong = min(calls - work()["right"], 250)
    finally:
        os._exit(wrong)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
# Python 3.12 warns of a fork beside threads, which the server has.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_forks(capsys: Capture) -> None:
    children, calls = 4, size(25, 300)
    wrong: list[int] = []

    def in_child(client: Prefect, name: str) -> int:
        return start_child(lambda: counted(client, name, calls), calls)

    def waited(pid: int) -> None:
        wrong.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

    with LedgerServer() as server, client_at(server) as client:
        assert counted(client, "warm", 10)["right"] == 10
        pids = [in_child(client, f"child-{number}") for number in range(children)]
        # The parent goes on meanwhile.
        wrong.append(calls - counted(client, "parent", calls)["right"])
        for pid in pids:
            waited(pid)
        thread = threading.Thread(target=lambda: waited(in_child(client, "of-a-thread")))
        thread.start()
        wrong.append(calls - counted(client, "beside", calls)["right"])
        thread.join()
    total = (children + 3) * calls
    say(capsys, f"T11 forks: survived {total - sum(wrong)}/{total}")
    assert wrong == [0] * (children + 3)
