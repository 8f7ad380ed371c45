"""Which flat methods the scenarios have called, on each client, and how often the two differed."""

from __future__ import annotations

import inspect
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

CONTRACT: dict[str, Any] = json.loads(Path(__file__).with_name("flat_methods.json").read_text())

_called: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
_played: dict[tuple[Callable[..., Any], bool], int] = {}


def calls(client: Any) -> set[str]:
    """The names that were called on clients of this kind: add to it."""
    package = type(client).__module__.partition(".")[0]
    return _called[package, inspect.iscoroutinefunction(client.hello)]


def played(scenario: Callable[..., Any], sync: bool, wrong: Iterable[str] = ()) -> None:
    """Note that a scenario was played to its end on both clients, and where they differ."""
    _played[scenario, sync] = _played.get((scenario, sync), 0) + len(list(wrong))


def unplayed(scenarios: Iterable[Callable[..., Any]]) -> list[tuple[Callable[..., Any], bool]]:
    """Which of them this process has not played yet, sync and async."""
    return [it for scenario in scenarios for it in ((scenario, True), (scenario, False)) if it not in _played]


def missing() -> dict[str, set[str]]:
    """The methods of each class that were not called on both clients."""
    return {
        name: {method for method in CONTRACT[name] if method != "__init__"}
        - (_called["prefect", is_async] & _called["prefectkit", is_async])
        for name, is_async in (("PrefectClient", True), ("SyncPrefectClient", False))
    }


def line() -> str:
    """What is printed in the end."""
    every = set(CONTRACT["PrefectClient"]) - {"__init__"}
    driven = every - set[str]().union(*missing().values())
    return f"methods {len(driven)}/{len(every)}, differences {sum(_played.values())}"
