"""Every way in which a recording can fail x sync and async x a read and a write: no network, and no file is harmed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import (
    CassetteError,
    CassetteMiss,
    CassetteVersionError,
    IncompleteResponse,
    PrefectKitError,
)
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports import AsyncCassetteTransport, CassetteTransport
from tests.fakes import URL, response
from tests.faults.ledger import Ledger
from tests.reliability.bench import run, without_waiting
from tests.reliability.operations import KINDS
from tests.report import Capture, say

NAME = "recorded"
SURFACES = ("sync", "asyncio")
CALLS = ("read POST", "keyed POST")


class Served:
    """The network that is recorded, which loses as many responses as `lose` says."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.lose = 0

    def _response(self, request: Request) -> Response:
        status, value = self.ledger(request.method, "/api" + request.target, request.body)
        if self.lose and not request.target.startswith("/csrf-token"):
            self.lose -= 1
            raise IncompleteResponse("the response was lost")
        return response(value, status)

    def send(self, request: Request) -> Response:
        return self._response(request)

    def close(self) -> None:
        pass


class AsyncServed(Served):
    async def send(self, request: Request) -> Response:  # type: ignore[override] -- the same, to await
        return self._response(request)

    async def aclose(self) -> None:
        pass


class Case:
    """A call on one surface, its recording, and what was there before."""

    def __init__(self, surface: str, call: str, path: Path) -> None:
        self.surface = surface
        self.call = KINDS[call]
        self.path = path
        self.network = Served() if surface == "sync" else AsyncServed()

    def outcome(self, *, name: str = NAME, times: int = 1, inner: bool = False, **options: Any) -> Any:
        """What the last of some calls through a cassette returns, or what it or the cassette raises."""

        async def main() -> Any:
            kind: Any = CassetteTransport if self.surface == "sync" else AsyncCassetteTransport
            transport = kind(self.path, self.network if inner else None, **options)
            client: Any = (Prefect if self.surface == "sync" else AsyncPrefect)(URL, transport=transport)
            result = None
            async with without_waiting(client) as opened:
                for _ in range(times):
                    result = await self.call.call(opened, name)
            return result

        try:
            return run(self.surface, main)
        except PrefectKitError as error:
            return error

    def record(self, **options: Any) -> None:
        assert self.call.is_right(self.outcome(inner=True, mode="rewrite", **options), NAME)


class CaseResult(NamedTuple):
    """How a case ended.

    Attributes:
        outcome: The response or the error.
        expected: The error's class; None for the right response.
        words: What the error says.
    """

    outcome: Any
    expected: type[Exception] | None = None
    words: str = ""


Fault = Callable[[Case], CaseResult]


def damaged(change: Callable[[bytes], bytes], expected: type[Exception], words: str) -> Fault:
    """A file that was changed by something else than a cassette."""

    def fault(case: Case) -> CaseResult:
        case.record()
        case.path.write_bytes(change(case.path.read_bytes()))
        return CaseResult(case.outcome(), expected, words)

    return fault


def missing(case: Case) -> CaseResult:
    return CaseResult(case.outcome(), CassetteError, "there is no cassette")


def newer(data: bytes) -> bytes:
    return data.replace(b'"cassette":1', b'"cassette":2')


def another_body(case: Case) -> CaseResult:
    case.record()
    return CaseResult(case.outcome(name="another"), CassetteMiss, NAME)


def asked_too_often(case: Case) -> CaseResult:
    case.record()
    return CaseResult(case.outcome(times=2), CassetteMiss, "were replayed")


def recorded_fault(case: Case) -> CaseResult:
    # It is replayed as it was: a failure, another attempt, a response.
    case.network.lose = 1
    case.record()
    return CaseResult(case.outcome())


def not_asked(case: Case) -> CaseResult:
    case.record()
    return CaseResult(case.outcome(times=0, strict_close=True), CassetteError, "were not made")


@contextmanager
def _replaced(name: str, error: OSError) -> Iterator[None]:
    """The operating system refuses."""
    real = getattr(os, name)

    def refuse(*_: object, **__: object) -> Any:
        raise error

    setattr(os, name, refuse)
    try:
        yield
    finally:
        setattr(os, name, real)


def full_disk(case: Case) -> CaseResult:
    case.record()
    before = case.path.read_bytes()
    with _replaced("fsync", OSError(errno.ENOSPC, "no space left")):
        outcome = case.outcome(inner=True, mode="rewrite")
    assert case.path.read_bytes() == before
    return CaseResult(outcome, CassetteError, "cannot be written")


def another_writer(case: Case) -> CaseResult:
    case.record()
    before = case.path.read_bytes()
    first = CassetteTransport(case.path, Served(), mode="new_episodes")
    outcome = case.outcome(inner=True, mode="new_episodes")
    first.close()
    assert case.path.read_bytes() == before
    return CaseResult(outcome, CassetteError, "another writer")


FAULTS: dict[str, Fault] = {
    "missing": missing,
    "empty": damaged(lambda data: b"", CassetteError, "is empty"),
    "cut in a line": damaged(lambda data: data[:-20], CassetteError, "is damaged"),
    "cut between lines": damaged(
        lambda data: data.rsplit(b"\n", 2)[0] + b"\n", CassetteError, "its first line declares"
    ),
    "of a newer version": damaged(newer, CassetteVersionError, "install a later release"),
    "another kind of file": damaged(
        lambda data: b"interactions:\n- !!python/object/apply:os.system ['true']\n", CassetteError, "line 1 is damaged"
    ),
    "not text": damaged(lambda data: data[:-30] + b"\xff\xfe" + data[-30:], CassetteError, "is damaged"),
    "too deep": damaged(lambda data: data + b'{"request":' + b"[" * 5000 + b"\n", CassetteError, "is damaged"),
    "another body": another_body,
    "asked too often": asked_too_often,
    "a recorded fault": recorded_fault,
    "not asked": not_asked,
    "a full disk": full_disk,
    "another writer": another_writer,
}


def what_broke(case: Case, fault: Fault) -> list[str]:
    """The guarantees that did not hold."""
    broken: list[str] = []
    outcome, expected, words = fault(case)
    if expected is None:
        if isinstance(outcome, Exception) or not case.call.is_right(outcome, NAME):
            broken.append(f"the right response, not {outcome!r}")
    elif type(outcome) is not expected or words not in str(outcome):
        broken.append(f"a {expected.__name__} with {words!r}, not {outcome!r}")
    left = {each.name for each in case.path.parent.iterdir()} - {case.path.name}
    if left:
        broken.append(f"nothing is left behind, but {left}")
    case.record()
    again = case.outcome()
    if isinstance(again, Exception) or not case.call.is_right(again, NAME):
        broken.append(f"what is recorded anew is replayed, not {again!r}")
    return broken


def test_what_survives(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    cells: dict[tuple[str, str, str], list[str]] = {}
    for fault in FAULTS:
        for surface in SURFACES:
            for call in CALLS:
                folder = tmp_path / f"{fault} {surface} {call}"
                folder.mkdir()
                cells[fault, surface, call] = what_broke(Case(surface, call, folder / "a.jsonl"), FAULTS[fault])
    lost = {cell: broken for cell, broken in cells.items() if broken}
    say(capsys, f"T3 cassette matrix: survived {len(cells) - len(lost)}/{len(cells)}")
    assert lost == {}
    assert len(cells) == 56
