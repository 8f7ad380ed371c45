"""Peers measured against each other: each in a process of its own, in rounds that take turns."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from statistics import median
from typing import Any, Literal, NamedTuple

from benchmarks.processes import clean_processes
from benchmarks.worker import Job, Order, Round, work


class Effort(NamedTuple):
    """How much is measured.

    Attributes:
        rounds: How many rounds each peer has.
        seconds: How long one round takes, for peers that decide themselves how many calls fill it.
        starts: How often a fresh interpreter is started for each script.
        rows: How many rows are iterated.
    """

    rounds: int
    seconds: float
    starts: int
    rows: int


FULL = Effort(rounds=7, seconds=0.2, starts=7, rows=100_000)
QUICK = Effort(rounds=3, seconds=0.02, starts=1, rows=1_000)


class Measured(NamedTuple):
    """A peer's rounds.

    Attributes:
        label: The peer.
        rounds: What was measured, in order; empty where the peer is not installed.
        absent: Why it is empty.
    """

    label: str
    rounds: Sequence[Round]
    absent: str = ""

    @property
    def cpu(self) -> float:
        """Median seconds of CPU for a call."""
        return median(each.cpu for each in self.rounds)

    @property
    def wall(self) -> float:
        """Median seconds by the clock for a call."""
        return median(each.wall for each in self.rounds)

    @property
    def peak(self) -> int:
        """Bytes of memory above the start in the worst round: later ones find memory that earlier ones left."""
        return max(each.peak for each in self.rounds)


def ratio(one: Measured | None, other: Measured | None, what: Literal["cpu", "wall"] = "cpu") -> float | None:
    """How many times as much: the median over the rounds, each against the other's round next to it.

    None where one of the two was not measured.
    """
    if one is None or other is None or one.absent or other.absent:
        return None
    place = Round._fields.index(what)
    return median(mine[place] / theirs[place] for mine, theirs in zip(one.rounds, other.rounds, strict=True))


def difference(one: Measured, other: Measured) -> float:
    """How many seconds of CPU a call takes more: the median over the rounds, each against the other's next to it."""
    return median(mine.cpu - theirs.cpu for mine, theirs in zip(one.rounds, other.rounds, strict=True))


def measure(jobs: Sequence[Job], effort: Effort) -> dict[str, Measured]:
    """Run the jobs side by side, one round each in turn, and give the measurements by label."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as home:
        environment = clean_environment(home)
        # Jobs of the same peer share a process.
        peers = {
            (job.opener, job.args): stack.enter_context(_worker(job, effort.seconds, environment))
            for job in _by_peer(jobs)
        }
        reasons: dict[Any, str | None] = {peer: _receive(pipe) for peer, pipe in peers.items()}
        absent = {job.label: reason for job in jobs if (reason := reasons[job.opener, job.args])}
        present = [(job, peers[job.opener, job.args]) for job in jobs if job.label not in absent]
        sizes: dict[str, int] = {job.label: _ask(pipe, (job, None)) for job, pipe in present}
        rounds: dict[str, list[Round]] = {job.label: [] for job in jobs}
        for turn in range(effort.rounds if present else 0):
            first = turn % len(present)
            for job, pipe in present[first:] + present[:first]:
                rounds[job.label].append(_ask(pipe, (job, sizes[job.label])))
    return {job.label: Measured(job.label, rounds[job.label], absent.get(job.label, "")) for job in jobs}


def _by_peer(jobs: Sequence[Job]) -> list[Job]:
    """One job of each peer."""
    return list({(job.opener, job.args): job for job in jobs}.values())


def clean_environment(home: str) -> dict[str, str]:
    """The environment without what is configured on this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("PREFECT")}
    return {**kept, "PREFECT_HOME": home, "PREFECT_SERVER_EPHEMERAL_ENABLED": "false", "DO_NOT_TRACK": "1"}


@contextmanager
def _worker(job: Job, seconds: float, environment: dict[str, str]) -> Generator[Connection[Any, Any]]:
    processes = clean_processes()
    here, there = processes.Pipe()
    process = processes.Process(target=work, args=(job.opener, job.args, seconds, environment, there), daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.join(10)
        process.kill()


def _ask(pipe: Connection[Any, Any], order: Order) -> Any:
    pipe.send(order)
    return _receive(pipe)


def _receive(pipe: Connection[Any, Any]) -> Any:
    received = pipe.recv()
    if isinstance(received, Exception):
        raise received
    return received
