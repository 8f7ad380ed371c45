"""A check that finds what is wrong with a plugin before a user does."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from time import perf_counter
from typing import Any, cast

from prefectkit.core.errors import PluginError
from prefectkit.plugins.argument_adapters import Function
from prefectkit.plugins.guards import SLOW
from prefectkit.plugins.hookspecs import PROJECT
from prefectkit.plugins.manager import HOOKS, Plugins
from prefectkit.plugins.records import LoadedPlugin
from prefectkit.plugins.testing.life import SCENARIOS, live
from prefectkit.plugins.testing.server import FakeServer


def check_plugin(plugin: object, *, server: FakeServer | None = None) -> None:
    """Fail where a plugin would be refused, would be switched off, would slow calls down, or would break them.

    The plugin goes through calls of either client that succeed, are refused, are tried again, get no response, and are
    cancelled. What asks to see secrets may. Call it outside of an event loop.

    Args:
        plugin: As it is handed to a client: an object or a module.
        server: Answers the requests that the plugin itself sends. By default each of them is a 404.

    Raises:
        AssertionError: What is wrong, a line for each.
    """
    problems = problems_of(plugin, server=server)
    if problems:
        raise AssertionError("\n".join([f"{_name_of(plugin)} has {len(problems)} problem(s):", *problems]))


def problems_of(plugin: object, *, server: FakeServer | None = None) -> list[str]:
    """What `check_plugin` finds, a line for each; empty where all is well.

    Args:
        plugin: The plugin: an object or a module.
        server: What it is tried against. Default: a `FakeServer` without routes.
    """
    problems = _unmarked(plugin)
    for sync in (True, False):
        plugins = _Watched(environ={}, secrets=[_name_of(plugin)])
        try:
            plugins.add(plugin, _name_of(plugin))
        except PluginError as error:
            return [*problems, str(error)]
        found = _resources(plugins) + _calls(plugins, sync, server or FakeServer())
        problems += [problem for problem in found if problem not in problems]
    return problems


def _calls(plugins: _Watched, sync: bool, server: FakeServer) -> list[str]:
    client = "Prefect" if sync else "AsyncPrefect"
    expected = live(Plugins(environ={}).compile(), sync, FakeServer())
    plugins.notify("client_opened", server.url, sync)
    endings = live(plugins.compile(), sync, server)
    plugins.notify("client_closed", server.url, sync)
    wrong: dict[str, list[str]] = {}
    for scenario, ending, due in zip(SCENARIOS, endings, expected, strict=True):
        if ending.kind is not due.kind:
            ends = f"{ending.kind.__name__}: {ending.text}" if ending.text else ending.kind.__name__
            wrong.setdefault(f"on {client} this ends in {ends}", []).append(scenario.name)
        elif ending.sends > due.sends and not ending.text:
            wrong.setdefault(f"on {client} this succeeds, and is sent again all the same", []).append(scenario.name)
    return plugins.problems() + [f"{what} ({', '.join(names)})" for what, names in wrong.items()]


class _Watched(Plugins):
    """Notes what each hook raises, and how long it takes."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._raised: dict[str, str] = {}
        self._least: dict[str, float] = {}

    def implementations(self, hook: str) -> list[tuple[LoadedPlugin, Function]]:
        return [(plugin, self._watched(hook, function)) for plugin, function in super().implementations(hook)]

    def _watched(self, hook: str, function: Function) -> Function:
        def watch(*arguments: object) -> Any:
            started = perf_counter()
            try:
                return function(*arguments)
            except Exception as error:
                self._raised.setdefault(hook, _described(error))
                raise
            finally:
                taken = perf_counter() - started
                self._least[hook] = min(taken, self._least.get(hook, taken))

        return watch

    def problems(self) -> list[str]:
        """What is wrong with the hooks themselves."""
        raised = [f"{hook} raised {what}" for hook, what in self._raised.items()]
        # The quickest call of each counts, as any may be held up by what else the machine does.
        slow = [
            f"{hook} takes {seconds * 1000:.0f} ms: every call waits for it"
            for hook, seconds in self._least.items()
            if seconds > SLOW
        ]
        return raised + slow


def _unmarked(plugin: object) -> list[str]:
    """Functions that are named as a hook, and are none."""
    functions = {hook: cast("Callable[..., object] | None", getattr(plugin, hook, None)) for hook in HOOKS}
    return [
        f"{hook} is not marked with @hookimpl, so nothing calls it"
        for hook, function in functions.items()
        if callable(function) and not hasattr(function, f"{PROJECT}_impl")
    ]


def _resources(plugins: Plugins) -> list[str]:
    return [
        f"client.{name} has the group {resource.group!r}, by which its operations are named: make it {name!r}"
        for name, resource in plugins.contributions.resources.items()
        if resource.group != name
    ]


def _described(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} (line {last.lineno} of {last.filename})"


def _name_of(plugin: object) -> str:
    return str(getattr(plugin, "__name__", type(plugin).__name__))
