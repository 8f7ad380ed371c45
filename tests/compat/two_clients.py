"""The official client and this one, side by side on one server, and what is compared of their results."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, TypeAlias, TypeVar

from prefectkit.compat import PrefectClient, SyncPrefectClient
from tests.compat import summary
from tests.compat.normalization import Normalizer
from tests.compat.traffic import Disturbed, Traffic

T = TypeVar("T")
Scenario: TypeAlias = Callable[["ClientUnderTest"], Awaitable[Any]]

# A refused body, as the server gives it back: the body is compared as it is sent.
_ECHO = re.compile(r", 'request_body': (?:\{.*\}|'\*{8}')(?=\} - For more)")
# A refused value, which is hidden here where the body may hold secrets.
_INPUT = re.compile(r"'input': (?:'\*{8}'|-?[\d.]+|\{.*\}(?=, 'ctx'))")


class Awaited:
    """A client whose methods are awaited, and start only then, whether it blocks or not."""

    def __init__(self, client: Any) -> None:
        self._target = client
        self._calls = summary.calls(client)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._target, name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._calls.add(name)
            result = method(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        return call


class ClientUnderTest:
    """One of the two.

    Attributes:
        client: The client, to await whether it blocks or not.
        name: A text that no other run of a scenario has, for the names of what it creates.
        own: What the user imports: models, states, filters of the tested.
        traffic: The requests that the client sends.
    """

    def __init__(self, client: Any, name: str, own: SimpleNamespace, traffic: Traffic) -> None:
        self.client = Awaited(client)
        self.raw = client
        self.name = name
        self.own = own
        self.traffic = traffic

    def read(self, name: str) -> Any:
        """A property of the client; None where it has none of this name."""
        if hasattr(self.raw, name):
            summary.calls(self.raw).add(name)
        return getattr(self.raw, name, None)

    async def flow(self) -> Any:
        """A flow, which the scenario's runs are of."""
        return SimpleNamespace(name=f"flow-{self.name}", version="1", retries=2, retry_delay_seconds=3.7)


def official_names() -> SimpleNamespace:
    from prefect import states
    from prefect._experimental.sla import objects as slas
    from prefect.client.schemas import actions, filters, objects, schedules, sorting
    from prefect.events import filters as events

    return SimpleNamespace(
        states=states,
        actions=actions,
        filters=filters,
        objects=objects,
        schedules=schedules,
        sorting=sorting,
        events=events,
        slas=slas,
    )


def own_names() -> SimpleNamespace:
    from prefectkit import models
    from prefectkit.models import filters

    return SimpleNamespace(
        states=models,
        actions=models,
        filters=filters,
        objects=models,
        schedules=models,
        sorting=filters,
        events=filters,
        slas=models,
    )


@asynccontextmanager
async def official(url: str, name: str, *, sync: bool, **options: Any) -> AsyncIterator[ClientUnderTest]:
    from prefect.client import orchestration

    kind = orchestration.SyncPrefectClient if sync else orchestration.PrefectClient
    async with _opened(kind, url, sync, options) as (client, traffic):
        yield ClientUnderTest(client, name, official_names(), traffic)


@asynccontextmanager
async def ours(
    url: str, name: str, *, sync: bool, names: Callable[[], SimpleNamespace] = own_names, **options: Any
) -> AsyncIterator[ClientUnderTest]:
    async with _opened(SyncPrefectClient if sync else PrefectClient, url, sync, options) as (client, traffic):
        yield ClientUnderTest(client, name, names(), traffic)


@asynccontextmanager
async def _opened(kind: Any, url: str, sync: bool, options: dict[str, Any]) -> AsyncIterator[tuple[Any, Traffic]]:
    traffic = Traffic()
    settings = {**traffic.httpx_settings(sync=sync), **options.pop("httpx_settings", {})}
    client = kind(url, httpx_settings=settings, **options)
    if sync:
        with client:
            yield client, traffic
    else:
        async with client:
            yield client, traffic


async def raised(call: Awaitable[Any]) -> Any:
    """What a call raises, as far as users can see: name, the names of its bases, message, status."""
    try:
        return await call
    except Exception as error:
        status_error: Any = getattr(error, "http_exc", error)
        response = getattr(status_error, "response", None)
        if response is not None and response.status_code == 503:
            raise  # a busy SQLite, and no response to compare
        return {
            "error": type(error).__name__,
            "bases": [
                base.__name__ for base in type(error).__mro__ if base.__module__.partition(".")[0] != "prefectkit"
            ]
            if type(error).__module__.startswith("httpx")
            else [],
            "message": _INPUT.sub("'input': <input>", _ECHO.sub("", str(status_error))),
            "status": None if response is None else response.status_code,
            "request": None if response is None else f"{status_error.request.method} {status_error.request.url}",
        }


async def when_free(play: Callable[[], Awaitable[T]]) -> T:
    """What it results, once SQLite is not busy with the server's own services, and nothing else goes wrong there."""
    for _ in range(4):
        try:
            return await play()
        except Disturbed:
            continue
        except Exception as error:
            response = getattr(getattr(error, "http_exc", error), "response", None)
            if response is None or response.status_code < 500:
                raise
    return await play()


def seen(value: Any) -> Any:
    """What is compared of an respond: its JSON, with ids and names numbered, and moments left out."""
    return Normalizer().normalize(plain(value))


ABSENT = "<absent>"


def differences(found: Any, expected: Any, place: str = "$") -> list[str]:
    """Where two results differ, and how."""
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
    if isinstance(found, list) and isinstance(expected, list):
        lines = difflib.ndiff([str(item) for item in expected], [str(item) for item in found])
        return [f"{place}: {line}" for line in lines if line.startswith(("+", "-"))]
    return [] if found == expected else [f"{place}: {found!r} instead of {expected!r}"]


def plain(value: Any) -> Any:
    """A result as JSON."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "status_code"):
        return {"status": value.status_code, "text": value.text, "url": str(value.request.url)}
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
