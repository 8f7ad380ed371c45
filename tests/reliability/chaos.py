"""Four kinds of change through a failing proxy, and the rows that the server has afterwards."""

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
from tests.sent_twice.doubling import LockRetryingTransport

MARKED = rb"chaos-[kcdx]-\d{5}"
RATE = 0.3

Change = Callable[[Any, str, UUID], Awaitable[Any]]


class Kind(NamedTuple):
    """A kind of change.

    Attributes:
        letter: K, C, D or X.
        ours: Makes the change to the object of a name.
        official: The same with the official client.
        leaves: The number of rows of that name afterwards.
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


class CallOutcome(NamedTuple):
    """How a call ended.

    Attributes:
        name: The name of the object.
        error: The error that it raised, if any.
        status: The HTTP status that this error stands for, if any.
    """

    name: str
    error: Exception | None = None
    status: int | None = None


class ChaosNames:
    """Unique names for the objects of one client's calls, and access to the server without faults.

    The marks within the names are the same for all clients.
    """

    def __init__(self, url: str) -> None:
        self.prefix = uuid4().hex[:12]
        self.client = Prefect(url, transport=LockRetryingTransport)
        self.flow_id = self.client.flows.create(name=f"chaos of {self.prefix}").id

    def __enter__(self) -> ChaosNames:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def names(self, kind: Kind, count: int) -> list[str]:
        """A number of names, each ready for the change."""
        names = [f"{self.prefix}-chaos-{kind.letter.lower()}-{number:05}" for number in range(count)]
        if kind.letter == "D":
            for name in names:
                self.client.variables.create(name=name, value="to be deleted")
        return names

    def rows(self, kind: Kind) -> Counter[str]:
        """The number of rows of each name on the server."""
        like = f"{self.prefix}-chaos-{kind.letter.lower()}-"
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


class ChangeSummary(msgspec.Struct):
    """The outcomes of the calls of one kind, counted.

    Attributes:
        calls: All calls.
        duplicates: Surplus rows.
        lost: Calls that succeeded without an effect.
        false_conflicts: Calls that raised 409, although no other call made the object.
        false_absences: Calls that raised 404, although no other call deleted the object.
        failed: Calls that raised another error.
    """

    calls: int
    duplicates: int = 0
    lost: int = 0
    false_conflicts: int = 0
    false_absences: int = 0
    failed: int = 0

    @classmethod
    def of(cls, kind: Kind, outcomes: list[CallOutcome], rows: Counter[str]) -> ChangeSummary:
        """Count the outcomes of the calls, and compare them with the rows."""
        summary = cls(len(outcomes))
        for name, error, status in outcomes:
            summary.duplicates += max(0, rows[name] - 1)
            summary.lost += error is None and (rows[name] > 0) != (kind.leaves > 0)
            summary.false_conflicts += status == 409
            summary.false_absences += status == 404
            summary.failed += error is not None and status not in (404, 409)
        return summary

    @property
    def wrong(self) -> int:
        """The number of duplicates, lost changes and wrong errors."""
        return self.duplicates + self.lost + self.false_conflicts + self.false_absences

    def __str__(self) -> str:
        return (
            f"{self.calls} calls: {self.duplicates} duplicates, {self.lost} lost, {self.false_conflicts} false "
            f"conflicts, {self.false_absences} false not-founds, {self.failed} other errors"
        )
