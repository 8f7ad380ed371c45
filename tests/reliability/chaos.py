"""Four kinds of change through a proxy that fails, and what a server has of it afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec

from prefectkit import Prefect
from prefectkit.models.filters import (
    ArtifactFilter,
    ArtifactFilterKey,
    FlowRunFilter,
    FlowRunFilterName,
    VariableFilter,
    VariableFilterName,
)
from tests.sent_twice.doubling import Patient

MARKED = rb"chaos-[kcdx]-\d{5}"
RATE = 0.3

Change = Callable[[Any, str, UUID], Awaitable[Any]]


class Kind(NamedTuple):
    """A kind of change.

    Attributes:
        letter: K, C, D or X.
        ours: Makes the change, to what has a name.
        official: The same with the official client.
        leaves: How many rows of that name there are afterwards.
    """

    letter: str
    ours: Change
    official: Change
    leaves: int = 1


async def _official_run(client: Any, name: str, flow_id: UUID) -> Any:
    body = {"name": name, "flow_id": str(flow_id), "state": {"type": "PENDING", "name": "Pending"}}
    return await client.request("POST", "/flow_runs/", json=body)


async def _official_variable(client: Any, name: str, _: UUID) -> Any:
    from prefect.client.schemas.actions import VariableCreate

    return await client.create_variable(VariableCreate(name=name, value=name))


async def _official_artifact(client: Any, name: str, _: UUID) -> Any:
    # Its own method sends events beside it.
    return await client.request("POST", "/artifacts/", json={"key": name, "type": "markdown", "data": "x"})


KINDS = (
    Kind("K", lambda client, name, flow_id: client.flow_runs.create(flow_id=flow_id, name=name), _official_run),
    Kind("C", lambda client, name, _: client.variables.create(name=name, value=name), _official_variable),
    Kind(
        "D",
        lambda client, name, _: client.variables.delete_by_name(name),
        lambda client, name, _: client.delete_variable_by_name(name),
        leaves=0,
    ),
    Kind(
        "X",
        lambda client, name, _: client.artifacts.create(key=name, type="markdown", data="x"),
        _official_artifact,
    ),
)


class Ending(NamedTuple):
    """How a call ended.

    Attributes:
        name: What it was about.
        error: What it raised, if it did.
        status: The HTTP status that this error stands for, if any.
    """

    name: str
    error: Exception | None = None
    status: int | None = None


class World:
    """What the calls of one side are about: names that no other side has, on a server without faults.

    The marks in the names are the same for all.
    """

    def __init__(self, url: str) -> None:
        self.side = uuid4().hex[:12]
        self.client = Prefect(url, transport=lambda inner: Patient(inner))
        self.flow_id = self.client.flows.create(name=f"chaos of {self.side}").id

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def names(self, kind: Kind, count: int) -> list[str]:
        """So many names, each ready to be changed."""
        names = [f"{self.side}-chaos-{kind.letter.lower()}-{number:05}" for number in range(count)]
        if kind.letter == "D":
            for name in names:
                self.client.variables.create(name=name, value="to be deleted")
        return names

    def rows(self, kind: Kind) -> Counter[str]:
        """How often the server has each name."""
        like = f"{self.side}-chaos-{kind.letter.lower()}-"
        client: Any = self.client
        match kind.letter:
            case "K":
                runs = FlowRunFilter(name=FlowRunFilterName(like_=like))
                return Counter(run.name for run in client.flow_runs.iterate(flow_runs=runs))
            case "X":
                artifacts = ArtifactFilter(key=ArtifactFilterKey(like_=like))
                return Counter(artifact.key for artifact in client.artifacts.iterate(artifacts=artifacts))
            case _:
                variables = VariableFilter(name=VariableFilterName(like_=like))
                return Counter(variable.name for variable in client.variables.iterate(variables=variables))


class Tally(msgspec.Struct):
    """What came of the calls of one kind.

    Attributes:
        calls: How many there were.
        duplicates: Rows too many.
        lost: Calls that were answered, and have had no effect.
        false_conflicts: Calls that were told that there was such a thing already.
        false_absences: Calls that were told that there was no such thing.
        failed: Calls that raised anything else.
    """

    calls: int
    duplicates: int = 0
    lost: int = 0
    false_conflicts: int = 0
    false_absences: int = 0
    failed: int = 0

    @classmethod
    def of(cls, kind: Kind, endings: list[Ending], rows: Counter[str]) -> Tally:
        """Count what the calls were told, and what is there."""
        tally = cls(len(endings))
        for name, error, status in endings:
            tally.duplicates += max(0, rows[name] - 1)
            tally.lost += error is None and (rows[name] > 0) != (kind.leaves > 0)
            tally.false_conflicts += status == 409
            tally.false_absences += status == 404
            tally.failed += error is not None and status not in (404, 409)
        return tally

    @property
    def wrong(self) -> int:
        """How many things went wrong that nobody was told of, or was told wrongly."""
        return self.duplicates + self.lost + self.false_conflicts + self.false_absences

    def __str__(self) -> str:
        return (
            f"{self.calls} calls: {self.duplicates} duplicates, {self.lost} lost, {self.false_conflicts} false "
            f"conflicts, {self.false_absences} false not-founds, {self.failed} other errors"
        )
