"""Sends a request twice, and derives its retry safety from the effect of the second copy."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from prefectkit import Prefect
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.transport import Transport

# What the server itself changes, or what only says when something was done.
VOLATILE = frozenset(
    {"updated", "last_heartbeat_time", "last_polled", "estimated_run_time", "estimated_start_time_delta", "trigger"}
)


class Case(NamedTuple):
    """How to call an operation, and what of the server to look at.

    Attributes:
        call: Calls it once, on the client that it is given.
        look: What the server has; equal before and after whatever has no effect.
    """

    call: Callable[[Prefect], object]
    look: Callable[[], object]


Builder = Callable[[Prefect], Case]


class Cases(dict[str, Builder]):
    """The cases by the name of their operation, and what is special about them: `flow_runs.set_state (forced)`."""

    def of(self, name: str, special: str = "") -> Callable[[Builder], Builder]:
        def add(build: Builder) -> Builder:
            self[f"{name} ({special})" if special else name] = build
            return build

        return add


class Observed(NamedTuple):
    """What became of a request that was sent twice.

    Attributes:
        shown: The retry safety that the server shows.
        declared: The one that the SDK goes by.
        second: The status of the second copy.
    """

    shown: RetrySafety
    declared: RetrySafety
    second: Response


class LockRetryingTransport:
    """A transport that retries requests that the server rolled back, because its own write held the database lock.

    The server returns 503 then; for a bulk create it returns 200 with a failure for each object.
    """

    def __init__(self, inner: Transport) -> None:
        self.inner = inner

    def send(self, request: Request) -> Response:
        for _ in range(50):
            response = self.inner.send(request)
            if response.status != 503 and b"database is locked" not in response.body:
                return response
            time.sleep(0.02)
        raise AssertionError("the server's database is never free")

    def close(self) -> None:
        self.inner.close()


class Twice(LockRetryingTransport):
    """A transport that sends each request of an operation a second time, byte for byte."""

    def __init__(self, inner: Transport, name: str, look: Callable[[], object]) -> None:
        super().__init__(inner)
        self.name = name
        self.look = look
        self.responses: list[Response] = []
        self.declared: list[RetrySafety] = []
        self.seen: list[object] = []

    def send(self, request: Request) -> Response:
        first = super().send(request)
        if request.operation is None or request.operation.name != self.name:
            return first
        self.seen.append(self.look())
        second = super().send(request)
        self.seen.append(self.look())
        self.responses += [first, second]
        self.declared.append(request.operation.retry_safety)
        return first


def observe(client: Prefect, url: str, name: str, case: Case) -> Observed:
    """Call an operation once, with its request sent twice."""
    wrapped: list[Twice] = []

    def wrap(inner: Transport) -> Twice:
        wrapped.append(Twice(inner, name, case.look))
        return wrapped[0]

    with Prefect(url, transport=wrap) as doubling:
        before = case.look()
        case.call(doubling)
    (twice,) = wrapped
    shown = _class_of(client, case, twice, before)
    return Observed(shown, twice.declared[0], twice.responses[1])


def _class_of(client: Prefect, case: Case, twice: Twice, before: object) -> RetrySafety:
    once, after = twice.seen
    first, second = [response.status for response in twice.responses]
    assert first < 300, f"the first copy got {first}"
    if after != once:
        return RetrySafety.NEVER
    if second == 409:
        return RetrySafety.CONFLICT
    if second == 404:
        return RetrySafety.DELETE
    assert second < 300, f"the second copy got {second}"
    case.call(client)
    # What another call does again, the key that both copies had has kept the second one from doing.
    return RetrySafety.KEYED if before != once and case.look() != after else RetrySafety.IDEMPOTENT


def state(client: Prefect, path: str, body: object = None) -> Any:
    """What the server returns about an object, without what changes by itself; the status where it refuses."""
    response = client.request(
        "GET" if body is None else "POST", path, body=body, retry_safety=RetrySafety.READ, check=False
    )
    return _settled(response.json()) if response.is_success else response.status


def _settled(value: Any) -> Any:
    match value:
        case dict():
            return {key: _settled(each) for key, each in value.items() if key not in VOLATILE}
        case list():
            return [_settled(each) for each in value]
        case _:
            return value
