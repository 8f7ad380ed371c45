"""One manager for each client: loads plugins one by one, refuses the broken ones, and compiles the rest into `Hooks`.

pluggy registers, checks and orders. The engine calls plain tuples of functions, so that a hook without an
implementation costs nothing and each implementation has its own guard.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint
from typing import Final, cast

import pluggy

from prefectkit.core.errors import ConfigError, PluginError, PrefectKitError
from prefectkit.core.hooks import Hooks
from prefectkit.core.representation import shown
from prefectkit.core.suggestions import did_you_mean, nearest
from prefectkit.core.transport import TransportFactory
from prefectkit.plugins.argument_adapters import Function, adapt, by_position
from prefectkit.plugins.contributions import Contributions
from prefectkit.plugins.entry_points import Switches, plugin_entry_points, source_of
from prefectkit.plugins.failure_report import safe_message
from prefectkit.plugins.guards import Guard, forbid_reentrancy
from prefectkit.plugins.hookspecs import OBSERVERS, PROJECT, REGISTRATIONS, HookSpecs
from prefectkit.plugins.plugin_list import BUILT_IN, OWN, LoadedPlugin, PluginList
from prefectkit.plugins.signatures import HOOKS, check_hook
from prefectkit.plugins.views import ClientView

logger = logging.getLogger("prefectkit.plugins")

API: Final = "1"
"""The version of the hooks. A plugin may declare the version that it is written for: `prefectkit_api = "1"`."""


class Plugins:
    """The plugins of one client, in call order: built-ins, then installed ones by name, then the client's own.

    Within a hook, those marked `tryfirst` come before all others, and those marked `trylast` after them.

    Args:
        environ: The environment variables; those of this process if not given.
        secrets: Names of installed plugins that may see secrets, besides those that the environment names.
        reserved: Names that only built-in plugins may have.
        transports: The built-in transports.
        is_taken: Whether a client has an attribute of this name.

    Attributes:
        contributions: What they registered.
        refused: Why plugins were refused, by name.
    """

    def __init__(
        self,
        *,
        environ: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        reserved: Iterable[str] = (),
        transports: Mapping[str, TransportFactory] | None = None,
        is_taken: Callable[[str], bool] = lambda name: False,
    ) -> None:
        forbid_reentrancy()
        self._manager = _Registry(PROJECT)
        self._manager.add_hookspecs(HookSpecs)
        self._switches = Switches(os.environ if environ is None else environ)
        self._given_secrets = _plugin_names(secrets)
        self._secrets = self._given_secrets | self._switches.secrets
        self._reserved = frozenset(reserved)
        self._loaded: list[LoadedPlugin] = []
        self._client: ClientView | None = None
        self.contributions = Contributions(transports or {}, is_taken)
        self.refused: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        """The names of the loaded plugins."""
        return [plugin.name for plugin in self._loaded]

    def listed(self) -> PluginList:
        """The loaded plugins and the refused ones, with their failures."""
        return PluginList.of(self._loaded, self.refused)

    # Loading

    def add(self, plugin: object, name: str, source: str = OWN) -> None:
        """Register a plugin after the others; a built-in one before all that are not built in.

        Args:
            plugin: An object or a module.
            name: The plugin's name.
            source: Its distribution and version, `BUILT_IN`, or `OWN` for what the user passes to the client.

        Raises:
            PluginError: It is refused. The message says why.
        """
        is_built_in = source == BUILT_IN
        try:
            if name in self.names or (name in self._reserved and not is_built_in):
                raise PluginError("another plugin has this name")
            record = self._register(plugin, name, source)
        except (Exception, SystemExit) as error:
            raise _refusal(name, source, error) from error
        place = sum(other.source == BUILT_IN for other in self._loaded) if is_built_in else len(self._loaded)
        self._loaded.insert(place, record)

    def add_built_in(self, plugins: Iterable[tuple[str, object]]) -> None:
        """Register the SDK's own plugins, by name and in order, except those that the environment switches off."""
        for name, plugin in plugins:
            if not self._switches.is_off(name):
                self.add(plugin, name, BUILT_IN)

    def add_installed(self) -> None:
        """Load the plugins that installed distributions declare in the entry-point group `prefectkit`.

        `PREFECTKIT_PLUGINS` lists those to load, empty for none; `PREFECTKIT_DISABLE_PLUGINS` lists those not to load.
        A plugin that is refused is logged and not loaded; `PREFECTKIT_STRICT_PLUGINS=1` raises instead.

        Raises:
            PluginError: `PREFECTKIT_PLUGINS`, `plugin_secrets` or `PREFECTKIT_PLUGIN_SECRETS` names one that is not
                installed; or, if strict, a plugin is refused.
        """
        if self._secrets:
            _check_installed("plugin_secrets", self._given_secrets)
            _check_installed("PREFECTKIT_PLUGIN_SECRETS", self._switches.secrets)
        if self._switches.none:
            return
        _check_installed("PREFECTKIT_PLUGINS", self._switches.allowed - self._reserved)
        for point in plugin_entry_points():
            if not self._switches.allows(point.name):
                continue
            try:
                self._add_installed(point)
            except PluginError as error:
                self.refused[point.name] = str(error)
                if self._switches.strict:
                    raise
                logger.warning("%s; the client works without it", error)

    def _add_installed(self, point: EntryPoint) -> None:
        source = source_of(point)
        try:
            plugin = point.load()
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # A module that ends the program when it is imported is refused as well.
            raise _refusal(point.name, source, error) from error
        self.add(plugin, point.name, source)

    def add_own(self, plugins: Iterable[object]) -> None:
        """Register the plugins that the user passes to the client: objects, modules, or names of installed ones.

        Objects and modules may see secrets. An installed plugin may if it asks and is allowed.
        """
        if isinstance(plugins, str) or not isinstance(cast(object, plugins), Iterable):
            raise ConfigError(f"plugins must be a list of plugins, got {shown(plugins)}: write plugins=[...]")
        for plugin in plugins:
            if isinstance(plugin, str):
                if plugin in self.names:
                    continue
                found = [point for point in plugin_entry_points() if point.name == plugin]
                if not found:
                    names = sorted({point.name for point in plugin_entry_points()})
                    raise PluginError(f"plugin {plugin!r} is not installed{did_you_mean(plugin, names)}", plugin=plugin)
                self._add_installed(found[0])
            else:
                self.add(plugin, self._free_name(_name_of(plugin)))

    def _free_name(self, name: str) -> str:
        """The name, or `name-2` and so on: a client may have several plugins of one class."""
        names = (name, *(f"{name}-{number}" for number in range(2, len(self.names) + 2)))
        return next(name for name in names if name not in self.names)

    def _register(self, plugin: object, name: str, source: str) -> LoadedPlugin:
        if plugin is None or isinstance(plugin, type):
            raise PluginError("it must be an object or a module, and not None or a class: make an instance of it")
        if self._manager.is_registered(plugin):
            raise PluginError("it is registered already")
        secrets = self._check_terms(plugin, name, source)
        try:
            self._manager.register(plugin, name)
            self._check_hooks_exist(plugin)
            found = {
                caller.name: item
                for caller in self._manager.get_hookcallers(plugin) or ()
                for item in caller.get_hookimpls()
                if item.plugin is plugin
            }
            if not found:
                raise PluginError("it has no hook: mark its functions with hookimpl")
            record = LoadedPlugin(name, source, secrets=secrets, hooks=(hook for hook in HOOKS if hook in found))
            registrations = [hook for hook in record.hooks if hook in REGISTRATIONS]
            self.contributions.add(
                name, {hook: Guard(record, hook).registration(found[hook].function)() for hook in registrations}
            )
        except BaseException:
            if self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            raise
        return record

    def _check_hooks_exist(self, plugin: object) -> None:
        for caller in self._manager.get_hookcallers(plugin) or ():
            if not caller.has_spec() and not all(item.optionalhook for item in caller.get_hookimpls()):
                raise PluginError(f"unknown hook {caller.name!r}{did_you_mean(caller.name, HOOKS)}")

    def _check_terms(self, plugin: object, name: str, source: str) -> bool:
        """Whether the plugin may see secrets.

        The user trusts what the user passes as an object. An installed plugin must ask and be allowed, also if the user
        names it in `plugins`: the user may not know what it reads.

        Raises:
            PluginError: It is written for another version, or asks to see secrets and is not allowed to.
        """
        api = getattr(plugin, "prefectkit_api", API)
        if api != API:
            raise PluginError(f"it is written for version {api!r} of the hooks, and this is {API!r}")
        if source == OWN:
            return True
        wants = getattr(plugin, "prefectkit_secrets", False)
        if wants is True and source != BUILT_IN and name not in self._secrets:
            raise PluginError(
                "it asks to see secrets, and is not allowed to: pass "
                f"plugin_secrets=[{name!r}], or set PREFECTKIT_PLUGIN_SECRETS={name}"
            )
        return wants is True

    # Use

    def implementations(self, hook: str) -> list[tuple[LoadedPlugin, Function]]:
        """The implementations of a hook, in call order, each called with the hook's arguments by position."""
        caller = getattr(self._manager.hook, hook)
        places = {plugin.name: (place, plugin) for place, plugin in enumerate(self._loaded)}
        found = caller.get_hookimpls()
        order = sorted(found, key=lambda item: (not item.tryfirst, item.trylast, places[item.plugin_name][0]))
        arguments = list(caller.spec.argnames)
        return [(places[item.plugin_name][1], by_position(arguments, item.argnames, item.function)) for item in order]

    def compile(self) -> Hooks:
        """The guarded functions that the engine calls."""
        hooks = Hooks()
        for hook in Hooks.__slots__:
            setattr(hooks, hook, tuple(self._guarded(hook, *item) for item in self.implementations(hook)))
        if any(plugin.source != BUILT_IN for plugin in self._loaded):
            hooks.before_call = (forbid_reentrancy, *hooks.before_call)
        return hooks

    def _guarded(self, hook: str, plugin: LoadedPlugin, function: Function) -> Function:
        if plugin.source == BUILT_IN and plugin.secrets and hook not in OBSERVERS:
            # A built-in plugin may see everything, and does not raise.
            return function
        guard = Guard(plugin, hook)
        function = adapt(hook, function, plugin.name, plugin.secrets)
        match hook:
            case "authenticate":
                return guard.flow(function)
            case "throttle":
                return guard.throttle(function)
            case _:
                return guard.observer(function) if hook in OBSERVERS else guard.transformer(function)

    def notify(self, hook: str, api_url: str, sync: bool) -> None:
        """Call the observers of a client that is opened or closed."""
        if self._client is None:
            self._client = ClientView(api_url, sync)
        for plugin, function in self.implementations(hook):
            Guard(plugin, hook).observer(function)(self._client)


class _Registry(pluggy.PluginManager):
    """Checks each hook before pluggy does.

    It skips dunder attributes, which are most attributes of an object: each look for a hook takes time.
    """

    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        options = None if name.startswith("__") else super().parse_hookimpl_opts(plugin, name)
        hook = name if options is None else options["specname"] or name
        if options is not None and hook in HOOKS:
            check_hook(hook, getattr(plugin, name), wraps=options["wrapper"] or options["hookwrapper"])
        return options


def _plugin_names(names: Iterable[str]) -> frozenset[str]:
    advice = "it takes a list of names of installed plugins: write plugin_secrets=[...]"
    if isinstance(names, (str, bytes, Mapping)) or not isinstance(cast(object, names), Iterable):
        raise ConfigError(f"plugin_secrets is {shown(cast(object, names))}, and {advice}")
    listed = list(names)
    for name in listed:
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance] -- users give them
            raise ConfigError(f"plugin_secrets has {shown(name)}, and {advice}")
    return frozenset(listed)


def _check_installed(where: str, names: frozenset[str]) -> None:
    installed = sorted({point.name for point in plugin_entry_points()})
    if missing := sorted(names.difference(installed)):
        near = [similar for name in missing for similar in nearest(name, installed)]
        meant = f". Did you mean {' or '.join(map(repr, near))}?" if near else ""
        raise PluginError(
            f"{where} names {', '.join(map(repr, missing))}, which is not installed: "
            f"there are {', '.join(installed) or 'none'}{meant}",
            plugin=missing[0],
        )


def _name_of(plugin: object) -> str:
    try:
        return str(getattr(plugin, "__name__", type(plugin).__name__))
    except Exception:
        return type(plugin).__name__


def _refusal(name: str, source: str, error: BaseException) -> PluginError:
    match error:
        case PrefectKitError() if error.args:
            reason = str(error.args[0])
        case _:
            reason = f"{type(error).__name__}: {safe_message(error)}"
    return PluginError(
        f"plugin {name!r} of {source} is refused: {reason}", plugin=name, hook=getattr(error, "hook", "")
    )
