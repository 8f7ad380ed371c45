"""Operation: what the SDK knows of one route without calling it."""

from __future__ import annotations

from typing import Any

import msgspec

from prefectkit.core.paths import PathTemplate
from prefectkit.core.retry import Replay


class Operation(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One method of the API, declared once, at the method that calls it.

    Attributes:
        name: `flow_runs.read`.
        method: The HTTP method.
        path: The path template.
        replay: What sending it twice would do.
        declared: The function that declares it, `prefectkit.resources.flow_runs:FlowRuns.read`.
        cloud: True where only Prefect Cloud has the route.
    """

    name: str
    method: str
    path: PathTemplate
    replay: Replay
    declared: str = ""
    cloud: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path.text}"

    def __rich_repr__(self) -> Any:
        yield self.name
        yield str(self)
