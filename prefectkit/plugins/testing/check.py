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
from prefectkit.plugins.manager import Plugins
from prefectkit.plugins.plugin_list import LoadedPlugin
from prefectkit.plugins.signatures import HOOKS
from prefectkit.plugins.testing.scenarios import SCENARIOS, run_scenarios
from prefectkit.plugins.testing.server import FakeServer


def check_plugin(plugin: object, *, server: FakeServer | None = None) -> None:
    """Fail if the plugin would be refused or switched off, or would slow calls down or break them.

    The plugin runs in calls of both clients that succeed, are refused, are retried, get no response, and are cancelled.
    It is treated as an installed plugin: it sees secrets only if it asks to. Call this outside of an event loop.

    Args:
        plugin: An object or a module.
        server: Responds to the requests that the plugin itself sends. Without it each of them gets a 404.

    Raises:
        AssertionError: What is wrong, a line for each.
    """
    problems = problems_of(plugin, server=server)
    if problems:
        raise AssertionError("\n".join([f"{_name_of(plugin)} has {len(problems)} problem(s):", *problems]))


def problems_of(plugin: object, *, server: FakeServer | None = None) -> list[str]:
    """The problems that `check_plugin` finds, a line for each; empty if there are none.

    Args:
        plugin: The plugin: an object or a module.
        server: Responds to the requests that the plugin itself sends. Defaults to a `FakeServer` without routes.
    """
    problems = _unmarked(plugin)
    for sync in (True, False):
        plugins = _Watched(environ={}, secrets=[_name_of(plugin)])
        try:
            plugins.add(plugin, _name_of(plugin), "this check")
        except PluginError as error:
            return [*problems, str(error)]
        found = _resources(plugins) + _calls(plugins, sync, server or FakeServer())
        problems += [problem for problem in found if problem not in problems]
    return problems


def _calls(plugins: _Watched, sync: bool, server: FakeServer) -> list[str]:
    client = "Prefect" if sync else "AsyncPrefect"
    expected = run_scenarios(Plugins(environ={}).compile(), sync, FakeServer())
    plugins.notify("client_opened", server.url, sync)
    results = run_scenarios(plugins.compile(), sync, server)
    plugins.notify("client_closed", server.url, sync)
    wrong: dict[str, list[str]] = {}
    for scenario, result, due in zip(SCENARIOS, results, expected, strict=True):
        if result.kind is not due.kind:
            ends = f"{result.kind.__name__}: {result.text}" if result.text else result.kind.__name__
            wrong.setdefault(f"on {client} this ends in {ends}", []).append(scenario.name)
        elif result.sends > due.sends and not result.text:
            wrong.setdefault(f"on {client} this succeeds, and is sent again all the same", []).append(scenario.name)
    return plugins.problems() + [f"{what} ({', '.join(names)})" for what, names in wrong.items()]


class _Watched(Plugins):
    """Plugins that record what each hook raises, and how long it takes."""

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
        """The hooks that raised or were slow."""
        raised = [f"{hook} raised {what}" for hook, what in self._raised.items()]
        # The fastest call of each counts, as other processes may delay any of them.
        slow = [
            f"{hook} takes {seconds * 1000:.0f} ms: every call waits for it"
            for hook, seconds in self._least.items()
            if seconds > SLOW
        ]
        return raised + slow


def _unmarked(plugin: object) -> list[str]:
    """Functions that have the name of a hook, and are not marked as one."""
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
