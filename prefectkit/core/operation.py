"""Operation: the declaration of one route of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from prefectkit.core.http.messages import Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.retries.policy import RetrySafety

Fields: TypeAlias = dict[str, Any]


class ReadBack:
    """How to read the existing object after a creation was refused with 409 (conflict).

    Attributes:
        path: The route that reads it. Its parameters are path parameters of the creation, or fields of its body.
        body: For a route with a filter: makes the body of the filter from that of the creation.
        by: For a route that returns a list: the field that identifies the row. Empty for a single object.
        completed: Fields in which the server adds values to those that were sent. All others must be equal.
        to_request_fields: Converts an object that was read into the form in which it is sent.
        include_secrets: Fields to add to `body` so that the response contains secrets; for the comparison only.
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
    """How to find out, before a request is sent again, whether an earlier attempt was applied.

    Attributes:
        path: The route that lists what was applied.
        query: Makes its query from the path parameters of the operation.
        response: Called with the body that was sent and the response with the list, which it decodes. Returns the body
            of the lost response, or None if no attempt was applied.
    """

    __slots__ = ("path", "query", "response")

    def __init__(
        self,
        path: str,
        *,
        query: Callable[[Mapping[str, Any]], Mapping[str, str]],
        response: Callable[[Any, Response], Fields | None],
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
        retry_safety: The effect of sending it twice.
        read_back: If a second attempt is a conflict: how to read what the first one created.
        lookup: If a second attempt could undo the changes of others: how to find out whether the first one was applied.
        declared: The function that declares it, `prefectkit.resources.flow_runs:FlowRuns.read`.
        cloud: True if only Prefect Cloud has the route.
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
