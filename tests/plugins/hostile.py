"""Plugins that misbehave in one hook each, and a call that runs every hook."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import anyio

from prefectkit import AsyncPrefect, Prefect, RetrySafety
from prefectkit.core.errors import ConnectError
from prefectkit.core.http.messages import Request, Response
from prefectkit.plugins import hookimpl
from prefectkit.plugins.hookspecs import HookSpecs
from tests.fakes import URL, AsyncFakeTransport, FakeTransport, response

SECRET = "hunter2"

# Functions that take what a hook is given, by its names.
_TAKING: dict[tuple[str, ...], Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    (): lambda act: lambda: act(),
    ("client",): lambda act: lambda client: act(client),
    ("call",): lambda act: lambda call: act(call),
    ("request",): lambda act: lambda request: act(request),
    ("call", "request"): lambda act: lambda call, request: act(call, request),
    ("call", "request", "response"): lambda act: lambda call, request, response: act(call, request, response),
    ("call", "request", "error"): lambda act: lambda call, request, error: act(call, request, error),
    ("call", "error", "delay"): lambda act: lambda call, error, delay: act(call, error, delay),
    ("call", "response"): lambda act: lambda call, response: act(call, response),
    ("call", "error"): lambda act: lambda call, error: act(call, error),
}


class Stop(BaseException):
    """What no guard may hold back."""


@dataclass
class Hostile:
    """A plugin with one hook.

    Attributes:
        hook: Which.
        act: What it does there; what it returns is the hook's answer.
        plugin: The plugin itself.
        acted: How often it was called.
        client: The client that it may call.
    """

    hook: str
    act: Callable[..., Any]
    plugin: Any = field(default_factory=SimpleNamespace)
    acted: int = 0
    client: Any = None

    def __post_init__(self) -> None:
        def act(*arguments: Any) -> Any:
            self.acted += 1
            return self.act(*arguments)

        names = tuple(inspect.signature(getattr(HookSpecs, self.hook)).parameters)[1:]
        setattr(self.plugin, self.hook, hookimpl(_TAKING[names](act)))


@dataclass
class Point:
    """An entry point."""

    name: str
    plugin: Any
    fault: Exception | None = None
    dist: Any = field(default_factory=lambda: SimpleNamespace(name="acme-plugin", version="1.2"))

    def load(self) -> Any:
        if self.fault is not None:
            raise self.fault
        return self.plugin


def answers(hook: str) -> Callable[[Request], Response]:
    """A server that lets a call pass every hook, and tells secrets wherever it can."""
    last = response({"detail": SECRET}, 400) if hook == "call_failed" else response({"value": SECRET})
    headers = {"set-cookie": SECRET, "x-csrf": SECRET}
    refused = ConnectError("refused")
    refused.__cause__ = OSError(SECRET)
    script: list[Response | Exception] = [refused, response({"detail": SECRET}, 503, headers), last]

    def respond(request: Request) -> Response:
        if request.target.startswith("/csrf-token"):
            return response({"token": SECRET, "client": "c", "expiration": "2030-01-01T00:00:00Z"})
        given = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(given, Exception):
            raise given
        return given

    return respond


@dataclass
class Outcome:
    """What came of a client's life.

    Attributes:
        result: The answer's status, or the exception.
        sent: Method, target, body and headers of each request.
        plugins: What the client said of its plugins at the end; None where there was no client.
    """

    result: Any
    sent: list[tuple[str, str, bytes, Mapping[str, str]]]
    plugins: Any


REQUEST: dict[str, Any] = {"body": {"data": {"password": SECRET}}, "retry_safety": RetrySafety.IDEMPOTENT}
ROUTE = ("POST", "/block_documents/")
ARGUMENTS: dict[str, Any] = {"api_key": SECRET}


def live(surface: str, hook: str, hostile: Hostile | None) -> Outcome:
    """Make a client, make a call, close the client."""
    if surface == "sync":
        return _live(hook, hostile)
    return anyio.run(_live_async, hook, hostile, backend=surface)


def _live(hook: str, hostile: Hostile | None) -> Outcome:
    transport = FakeTransport(answers(hook))
    client: Any = None
    result: Any
    try:
        with Prefect(URL, transport=transport, **ARGUMENTS) as client:
            _prepare(client, hostile)
            result = client.request(*ROUTE, **REQUEST).status
    except (Exception, Stop) as error:
        result = error
    return _outcome(result, transport, client)


async def _live_async(hook: str, hostile: Hostile | None) -> Outcome:
    transport = AsyncFakeTransport(answers(hook))
    client: Any = None
    result: Any
    try:
        async with AsyncPrefect(URL, transport=transport, **ARGUMENTS) as client:
            _prepare(client, hostile)
            result = (await client.request(*ROUTE, **REQUEST)).status
    except (Exception, Stop) as error:
        result = error
    return _outcome(result, transport, client)


def _prepare(client: Any, hostile: Hostile | None) -> None:
    client._engine._random = lambda low, high: 0.0
    if hostile is not None:
        hostile.client = client


def _outcome(result: Any, transport: Any, client: Any) -> Outcome:
    sent = [
        (request.method, request.target.partition("?")[0], request.body, _stable(request.headers))
        for request in transport.requests
    ]
    return Outcome(result, sent, None if client is None else client.plugins)


def _stable(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in headers.items() if name not in ("prefect-csrf-client", "x-request-id")}


# What they do


def tamper(*arguments: Any) -> None:
    """Change all that can be changed, and go on where it cannot."""
    for each in reached(arguments):
        if isinstance(each, type):
            continue
        if isinstance(each, dict):
            each.clear()
        for name in dir(each):
            if not name.startswith("_"):
                with suppress(Exception):
                    setattr(each, name, None)
        if isinstance(each, BaseException):
            each.args = ("tampered",)


def call_again(hostile: Hostile) -> None:
    """Call the client, or make another where there is none yet."""
    if hostile.client is None:
        Prefect(URL, transport=FakeTransport())
        return
    answered = hostile.client.health()
    if inspect.iscoroutine(answered):
        try:
            answered.send(None)
        finally:
            answered.close()


def reached(root: Any, steps: int = 5) -> list[Any]:
    """All that can be got at from some arguments in so many steps, by public names."""
    found = [root]
    if steps == 0 or root is None or isinstance(root, (str, bytes, int, float, type)) or callable(root):
        return found
    if isinstance(root, Mapping):
        parts = [*root.keys(), *root.values()]
    elif isinstance(root, (list, tuple, set, frozenset)):
        parts = list(root)
    else:
        parts = _parts(root)
    for part in parts:
        found += reached(part, steps - 1)
    return found


def _parts(each: Any) -> list[Any]:
    parts: list[Any] = [repr(each), str(each)]
    for name in dir(each):
        # What belongs to the class, anybody can import.
        if not name.startswith("_") and not isinstance(getattr(type(each), name, None), dict):
            with suppress(Exception):
                parts.append(getattr(each, name))
    if isinstance(each, BaseException):
        parts += [each.__cause__, each.__context__, each.__traceback__, each.__dict__]
    if hasattr(each, "sibling"):
        parts.append(each.sibling("GET", "/flows/"))
    if hasattr(each, "json"):
        with suppress(Exception):
            parts.append(each.json())
    return parts
