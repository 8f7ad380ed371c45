"""One manager for each client: loads plugins one by one, refuses the broken ones, and compiles the rest into `Hooks`.

pluggy registers, checks and orders. The calls themselves go through plain tuples, so that a hook without an
implementation costs nothing and each implementation stands behind its own guard.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from operator import itemgetter
from typing import Any

import pluggy

from prefectkit.core.errors import PluginError
from prefectkit.core.hooks import Hooks
from prefectkit.plugins.guards import flow_guard, observer, transformer
from prefectkit.plugins.hookspecs import OBSERVERS, PROJECT, HookSpecs

logger = logging.getLogger("prefectkit.plugins")


class Plugins:
    """The plugins of one client, in call order: built-ins, then installed ones by name, then the client's own.

    Attributes:
        names: The plugins that are in use.
        refused: The plugins that are not, and why.
    """

    def __init__(self, *, environ: Mapping[str, str] | None = None) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(HookSpecs)
        self._environ = os.environ if environ is None else environ
        self.names: list[str] = []
        self.refused: dict[str, str] = {}

    def add(self, plugin: object, name: str) -> None:
        """Register a plugin.

        Raises:
            PluginError: It names a hook or an argument that does not exist, has no hook at all, or is registered
                already.
        """
        try:
            self._register(plugin, name)
        except Exception as error:
            raise PluginError(f"plugin {name!r} is refused: {error}", plugin=name) from error
        self.names.append(name)

    def _register(self, plugin: object, name: str) -> None:
        if plugin is None or isinstance(plugin, type):
            raise TypeError("it must be an object or a module, and not None or a class: make an instance of it")
        if self._manager.is_registered(plugin):
            raise ValueError("it is registered already")
        if name in self.names:
            raise ValueError("another plugin has this name")
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
            callers = self._manager.get_hookcallers(plugin)
            if not callers:
                raise ValueError("it has no hook: mark its functions with hookimpl")
            if any(item.plugin is plugin and item.wrapper for caller in callers for item in caller.get_hookimpls()):
                raise ValueError("it wraps a hook, which hooks here do not allow: take two hooks, before and after")
        except Exception:
            if self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            raise

    def add_installed(self) -> None:
        """Load the plugins that installed distributions declare, in the entry-point group `prefectkit`.

        `PREFECTKIT_PLUGINS` lists the ones to load, empty for none; `PREFECTKIT_DISABLE_PLUGINS` lists the ones not to.
        A plugin that cannot be loaded is logged and left out; `PREFECTKIT_STRICT_PLUGINS=1` raises instead.
        """
        allowed = _names(self._environ.get("PREFECTKIT_PLUGINS"))
        disabled = _names(self._environ.get("PREFECTKIT_DISABLE_PLUGINS")) or frozenset()
        strict = self._environ.get("PREFECTKIT_STRICT_PLUGINS", "") not in ("", "0")
        if allowed is not None and not allowed:
            return
        for point in sorted(entry_points(group=PROJECT), key=lambda point: point.name):
            if point.name in disabled or (allowed is not None and point.name not in allowed):
                continue
            try:
                self._add_installed(point)
            except Exception as error:
                self.refused[point.name] = str(error)
                if strict:
                    raise
                logger.warning("%s; the client works without it", error)

    def _add_installed(self, point: EntryPoint) -> None:
        source = f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown distribution"
        try:
            plugin = point.load()
            self.add(plugin, point.name)
        except Exception as error:
            reason = error.args[0] if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
            raise PluginError(
                f"plugin {point.name!r} of {source} is not loaded: {reason}", plugin=point.name
            ) from error

    def add_own(self, plugins: Iterable[object]) -> None:
        """Register the plugins that were given to the client: objects, modules, or names of installed ones."""
        for plugin in plugins:
            if isinstance(plugin, str):
                if plugin in self.names:
                    continue
                found = [point for point in entry_points(group=PROJECT) if point.name == plugin]
                if not found:
                    raise PluginError(f"plugin {plugin!r} is not installed", plugin=plugin)
                self._add_installed(found[0])
            else:
                self.add(plugin, self._free_name(getattr(plugin, "__name__", type(plugin).__name__)))

    def _free_name(self, name: str) -> str:
        """The name, or `name-2` and so on: two plugins of one class may stand side by side."""
        names = (name, *(f"{name}-{number}" for number in range(2, len(self.names) + 2)))
        return next(name for name in names if name not in self.names)

    def implementations(self, hook: str) -> list[tuple[str, Callable[..., Any]]]:
        """Who implements a hook, in call order, each taking the hook's arguments by position."""
        caller = getattr(self._manager.hook, hook)
        found = caller.get_hookimpls()
        order = sorted(found, key=lambda item: (not item.tryfirst, item.trylast, self.names.index(item.plugin_name)))
        arguments = list(caller.spec.argnames)
        return [(item.plugin_name, _taking(arguments, item.argnames, item.function)) for item in order]

    def compile(self) -> Hooks:
        """The functions that the engine calls."""
        hooks = Hooks()
        for hook in Hooks.__slots__:
            if hook == "authenticate":
                guard = flow_guard
            else:
                guard = observer if hook in OBSERVERS else transformer
            setattr(hooks, hook, tuple(guard(function, name, hook) for name, function in self.implementations(hook)))
        return hooks

    def notify(self, hook: str, *arguments: object) -> None:
        """Call an observer that stands outside of calls."""
        for name, function in self.implementations(hook):
            observer(function, name, hook)(*arguments)


def _names(value: str | None) -> frozenset[str] | None:
    return None if value is None else frozenset(name.strip() for name in value.split(",") if name.strip())


def _taking(all_arguments: list[str], wanted: tuple[str, ...], function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, called with every argument of the hook by position."""
    if list(wanted) == all_arguments:
        return function
    if not wanted:
        return lambda *arguments: function()
    pick = itemgetter(*(all_arguments.index(name) for name in wanted))
    if len(wanted) == 1:
        return lambda *arguments: function(pick(arguments))
    return lambda *arguments: function(*pick(arguments))
