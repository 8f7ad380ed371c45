"""The official client and this one, side by side on one server, and what is compared of what they answer."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, TypeAlias, TypeVar

from prefectkit.compat import PrefectClient, SyncPrefectClient

T = TypeVar("T")
Scenario: TypeAlias = Callable[["Side"], Awaitable[Any]]

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_CHANCE = {"estimated_run_time", "estimated_start_time_delta", "total_run_time"}
"""Fields that depend on the moment."""


class Awaited:
    """A client whose methods are awaited, and start only then, whether it blocks or not."""

    def __init__(self, client: Any) -> None:
        self._target = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            result = method(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        return call


class Side:
    """One of the two.

    Attributes:
        client: The client, to await whether it blocks or not.
        name: A text that no other run of a scenario has, for the names of what it creates.
        own: What the user imports: models, states, filters of the side.
    """

    def __init__(self, client: Any, name: str, own: SimpleNamespace) -> None:
        self.client = Awaited(client)
        self.raw = client
        self.name = name
        self.own = own

    async def flow(self) -> Any:
        """A flow, which the scenario's runs are of."""
        return SimpleNamespace(name=f"flow-{self.name}", version="1", retries=2, retry_delay_seconds=3.7)


def official_names() -> SimpleNamespace:
    from prefect import states
    from prefect.client.schemas import actions, filters, objects, schedules, sorting

    return SimpleNamespace(
        states=states, actions=actions, filters=filters, objects=objects, schedules=schedules, sorting=sorting
    )


def own_names() -> SimpleNamespace:
    from prefectkit import models
    from prefectkit.models import filters

    return SimpleNamespace(
        states=models, actions=models, filters=filters, objects=models, schedules=models, sorting=filters
    )


@asynccontextmanager
async def official(url: str, name: str, *, sync: bool) -> AsyncIterator[Side]:
    from prefect.client import orchestration

    if sync:
        with orchestration.SyncPrefectClient(url) as client:
            yield Side(client, name, official_names())
    else:
        async with orchestration.PrefectClient(url) as opened:
            yield Side(opened, name, official_names())


@asynccontextmanager
async def ours(
    url: str, name: str, *, sync: bool, names: Callable[[], SimpleNamespace] = own_names
) -> AsyncIterator[Side]:
    if sync:
        with SyncPrefectClient(url) as client:
            yield Side(client, name, names())
    else:
        async with PrefectClient(url) as opened:
            yield Side(opened, name, names())


async def raised(call: Awaitable[Any]) -> Any:
    """What a call raises, as far as users can see: name, the names of its bases, message, status."""
    try:
        return await call
    except Exception as error:
        status_error = getattr(error, "http_exc", error)
        response = getattr(status_error, "response", None)
        if response is not None and response.status_code == 503:
            raise  # a busy SQLite, and no answer to compare
        return {
            "error": type(error).__name__,
            "bases": [
                base.__name__ for base in type(error).__mro__ if base.__module__.partition(".")[0] != "prefectkit"
            ]
            if type(error).__module__.startswith("httpx")
            else [],
            "message": str(status_error),
            "status": None if response is None else response.status_code,
            "request": None if response is None else f"{status_error.request.method} {status_error.request.url}",
        }


async def when_free(play: Callable[[], Awaitable[T]]) -> T:
    """What it answers, once SQLite is not busy with the server's own services (503)."""
    for _ in range(4):
        try:
            return await play()
        except Exception as error:
            response = getattr(getattr(error, "http_exc", error), "response", None)
            if response is None or response.status_code != 503:
                raise
    return await play()


def seen(value: Any) -> Any:
    """What is compared of an answer: its JSON, with ids and names numbered, and moments left out."""
    return _Masks().mask(plain(value))


ABSENT = "<absent>"


def differences(found: Any, expected: Any, place: str = "$") -> list[str]:
    """Where two answers differ, and how."""
    if isinstance(found, dict) and isinstance(expected, dict):
        names = [*expected, *(name for name in found if name not in expected)]
        return [
            line
            for name in names
            for line in differences(found.get(name, ABSENT), expected.get(name, ABSENT), f"{place}.{name}")
        ]
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        pairs = enumerate(zip(found, expected, strict=True))
        return [line for index, (one, other) in pairs for line in differences(one, other, f"{place}[{index}]")]
    return [] if found == expected else [f"{place}: {found!r} instead of {expected!r}"]


def plain(value: Any) -> Any:
    """An answer as JSON."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "status_code"):
        return {"status": value.status_code, "text": value.text, "url": str(value.request.url)}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


class _Masks:
    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    def mask(self, value: Any, key: str = "") -> Any:
        if isinstance(value, list):
            return [self.mask(item) for item in value]
        if isinstance(value, dict):
            return {name: self.mask(item, name) for name, item in sorted(value.items())}
        if key in _CHANCE:
            return isinstance(value, float)
        if key == "idempotency_key" and value is not None:
            return "<key>"
        if isinstance(value, str):
            value = _ID.sub(lambda match: self.ids.setdefault(match[0], f"<id {len(self.ids)}>"), value)
            return re.sub(r"(flow|key|dep)-[0-9a-f]{8}\b", r"\1-<name>", _TIME.sub("<time>", value))
        return value
