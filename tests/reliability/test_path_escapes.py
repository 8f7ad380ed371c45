"""Any name in the path of any operation: the real server's own router finds the same route and the same name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import UUID

import httpx
import pytest

import prefectkit
from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.operation import Operation
from tests.openapi import document
from tests.reliability.bench import size
from tests.report import Capture, say

ID = UUID(int=7)
NAMES = size(100, 10_000)
"""For each parameter of each path."""

PIECES = [
    "..", ".", "/", "//", "\\", "%", "%2e", "%2E%2E", "%2f", "%252f", "%00", "#", "?", ";", "&", "=", "+", " ", ":",
    "@", "!", "'", '"', "<", ">", "[", "]", "{", "}", "{name}", "|", "^", "~", "`", "*", "$", ",", "(", ")",
    "\r\n", "\n", "\t", "\0", "\x1f", "\x7f", "\x85", "\xa0", "\u2028", "\u202e", "\ufeff", "\uff0f", "\u2215",
    "\u2024", "\u0301", "\ud800", "\udfff", "ä", "名", "🚀", "a", "Z", "0", "-", "_", "name", "filter", "queues",
    "http://evil.test", "//evil.test", "user@evil.test", "count", "../variables/name/x", "..;/", "a" * 300, str(ID),
]  # fmt: skip


def names(seed: str, count: int) -> Iterator[str]:
    """The pieces themselves, then some of them together."""
    yield from PIECES[:count]
    dice = Random(seed)
    for _ in range(count - len(PIECES)):
        yield "".join(dice.choices(PIECES, k=dice.randint(1, 4)))


class Place(NamedTuple):
    """Where a server would look for what a path names.

    Attributes:
        route: The path of the route.
        values: What the path names.
    """

    route: str
    values: dict[str, Any]


class Route(NamedTuple):
    """A path of the server, as its router looks for it."""

    path: str
    methods: frozenset[str]
    regex: Any


@cache
def routes() -> list[Route]:
    """The server's paths, in the order in which its router tries them."""
    from starlette.routing import compile_path  # after the environment is set, with the server

    table: list[Route] = []
    for path, methods in document()["paths"].items():
        described = [each for method in methods.values() for each in method.get("parameters", ())]
        ids = {each["name"] for each in described if each["in"] == "path" and each["schema"].get("format") == "uuid"}
        plain = path.replace(":uuid}", "}")
        typed = plain
        for name in ids:
            typed = typed.replace(f"{{{name}}}", f"{{{name}:uuid}}")
        table.append(Route(plain, frozenset(method.upper() for method in methods), compile_path(typed)[0]))
    return table


def found(method: str, target: str) -> Place | None:
    """What the server's router makes of a path, as its web server reads it."""
    url = httpx.URL("http://server.test/api" + target)
    if url.host != "server.test" or not url.raw_path.startswith(b"/api/"):
        return Place("elsewhere", {})
    path = unquote(url.raw_path.partition(b"?")[0].decode("ascii")).removeprefix("/api")
    for route in routes():
        match = route.regex.match(path)
        if match is not None and method in route.methods:
            return Place(route.path, match.groupdict())
    return None


Render = Callable[[Operation, dict[str, Any]], str]


def escapes(operation: Operation, render: Render, count: int) -> tuple[int, list[str]]:
    """How many names were tried in a path, and those that were another route or another name."""
    tried, escaped = 0, list[str]()
    for parameter in operation.path.parameters:
        for name in names(f"{operation.name} {parameter}", count):
            values = dict.fromkeys(operation.path.parameters, str(ID)) | {parameter: name}
            tried += 1
            try:
                target = render(operation, values)
                place = found(operation.method, target)
            except (InvalidParameterError, httpx.InvalidURL, UnicodeEncodeError):
                continue
            if place is None or place.route != operation.path.text or not _is_meant(place.values, values):
                escaped.append(f"{operation.name} {parameter}={name!r}: {target} is {place}")
    return tried, escaped


def _is_meant(found: dict[str, str], values: dict[str, str]) -> bool:
    """Whether a server finds what was passed: the same texts, or the same ids in the form in which they are sent."""
    return found.keys() == values.keys() and all(
        each in (values[name], _id_as_sent(values[name])) for name, each in found.items()
    )


def _id_as_sent(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        return value


def with_parameters() -> list[Operation]:
    """The operations with a name in their path, of those that this server has."""
    there = {route.path for route in routes()}
    every = prefectkit.operations().values()
    return [each for each in every if each.path.parameters and each.path.text in there]


def test_no_name_is_another_route(capsys: Capture) -> None:
    operations = with_parameters()
    tried, escaped = 0, list[str]()
    for operation in operations:
        more, wrong = escapes(operation, lambda it, values: it.path.render(values), NAMES)
        tried += more
        escaped += wrong
    kept = tried - len(escaped)
    say(capsys, f"T13 names in {len(operations)} paths: survived {kept}/{tried}, {len(escaped)} escapes")
    assert escaped == []
    assert len(operations) > 70


def test_plain_formatting_escapes(capsys: Capture) -> None:
    escaped: list[str] = []
    for operation in with_parameters():
        escaped += escapes(operation, lambda it, values: it.path.text.format(**values), len(PIECES))[1]
    say(capsys, f"T13 control, str.format: {len(escaped)} escapes")
    assert len(escaped) > 100
    # A work pool of this name would be a variable.
    assert any(each.startswith("work_pools.") and "route='/variables/name/{name}'" in each for each in escaped)


def test_what_is_refused_says_so_before_anything_is_sent() -> None:
    refused = [name for name in PIECES if _is_refused(name)]
    assert {"..", ".", "/", "\\", "\r\n", "\0", "\ud800", "../variables/name/x"} - {"\\"} <= set(refused)
    assert {"%2e", "%2f", "#", "?", "\uff0f", "a" * 300} & set(refused) == set()


def _is_refused(name: str) -> bool:
    path = prefectkit.operations()["variables.read_by_name"].path
    try:
        path.render({"name": name})
    except InvalidParameterError:
        return True
    return False


@pytest.mark.parametrize("name", ["%2e", "a#b", "a?b=c", "ä;b", "\\"])
def test_the_wire_carries_what_was_rendered(name: str) -> None:
    target = prefectkit.operations()["variables.read_by_name"].path.render({"name": name})
    assert httpx.URL("http://server.test/api" + target).raw_path == b"/api" + target.encode()
