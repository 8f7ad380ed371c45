"""Operation: what the SDK knows of one route without calling it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.retries.policy import RetrySafety

Fields: TypeAlias = dict[str, Any]


class ReadBack:
    """How to find what a creation was refused for (409): the object of the same natural key.

    Attributes:
        path: The route that reads it. Its parameters are path parameters of the creation, or fields of what was sent.
        body: For a route that filters: makes its body of what was sent.
        by: For a route that lists: the field that says which row it is. Empty for one that reads a single object.
        completed: Fields that the server fills up with what was not sent. All others must be equal to the letter.
        to_request_fields: Turns an object that was read into the form in which it is sent.
        include_secrets: What to add to `body` to see secrets, for the comparison alone.
    """

    __slots__ = ("body", "by", "completed", "include_secrets", "path", "to_request_fields")

    def __init__(
        self,
        path: str,
        *,
        body: Callable[[Fields], Fields] | None = None,
        by: str = "",
        completed: Iterable[str] = (),
        to_request_fields: Callable[[Fields], Fields] | None = None,
        include_secrets: Fields | None = None,
    ) -> None:
        self.path = PathTemplate(path)
        self.body = body
        self.by = by
        self.completed = frozenset(completed)
        self.to_request_fields = to_request_fields
        self.include_secrets = include_secrets


class Lookup:
    """How to find out, before a request is sent again, whether its first copy was applied.

    Attributes:
        path: The route that lists what was applied.
        query: Makes its query of the path parameters of the operation.
        response: Finds the copy in what the route responds with, by what was sent: what its own response was, or None.
    """

    __slots__ = ("path", "query", "response")

    def __init__(
        self,
        path: str,
        *,
        query: Callable[[Mapping[str, Any]], Mapping[str, str]],
        response: Callable[[Any, Any], Fields | None],
    ) -> None:
        self.path = PathTemplate(path)
        self.query = query
        self.response = response


class Operation(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One method of the API, declared once, at the method that calls it.

    Attributes:
        name: `flow_runs.read`.
        method: The HTTP method.
        path: The path template.
        retry_safety: What sending it twice would do.
        read_back: For one whose second copy is a conflict: how to find what the first one created.
        lookup: For one whose second copy does harm once others have acted: how to find what the first one did.
        declared: The function that declares it, `prefectkit.resources.flow_runs:FlowRuns.read`.
        cloud: True where only Prefect Cloud has the route.
    """

    name: str
    method: str
    path: PathTemplate
    retry_safety: RetrySafety
    read_back: ReadBack | None = None
    lookup: Lookup | None = None
    declared: str = ""
    cloud: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path.text}"

    def __rich_repr__(self) -> Any:
        yield self.name
        yield str(self)
