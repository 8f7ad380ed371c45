"""The contributions of plugins to a client: default settings, secret patterns, transports and resources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from prefectkit.core.endpoint import Resource
from prefectkit.core.errors import PluginError
from prefectkit.core.security.redaction import add_patterns
from prefectkit.core.settings import Source, checked_defaults
from prefectkit.core.transport import TransportFactory

_TRANSPORT = re.compile(r"[a-z][a-z0-9+.-]*(?:://)?")


class Contributions:
    """The contributions of all plugins to one client.

    Attributes:
        defaults: Default settings, in the order of the plugins.
        transports: Factories by name, or by URL scheme with `://`.
        resources: Classes by their name on the client.

    Args:
        transports: The built-in ones.
        is_taken: Whether a client has an attribute of this name.
    """

    def __init__(self, transports: Mapping[str, TransportFactory], is_taken: Callable[[str], bool]) -> None:
        self.defaults: list[Source] = []
        self.transports = dict(transports)
        self.resources: dict[str, type[Resource[Any]]] = {}
        self._is_taken = is_taken

    @property
    def schemes(self) -> frozenset[str]:
        """The URL schemes that a transport serves."""
        return frozenset(name.removesuffix("://") for name in self.transports if name.endswith("://"))

    def add(self, plugin: str, results: Mapping[str, Any]) -> None:
        """Check and add what the registration hooks of a plugin returned, by the name of the hook: all or nothing.

        Raises:
            PluginError: A result is of a wrong type, or a name is already in use.
            ConfigError: A setting does not exist, or does not accept its default.
            Exception: A pattern is not a regular expression.
        """
        transports = _mapping(results, "register_transports")
        resources = _mapping(results, "register_resources")
        defaults = _mapping(results, "settings_defaults")
        for name, factory in transports.items():
            self._check_transport(name, factory)
        for name, resource in resources.items():
            self._check_resource(name, resource)
        source = checked_defaults(f"plugin {plugin!r}", defaults)
        add_patterns(_patterns(results.get("redact", ())))
        if defaults:
            self.defaults.append(source)
        self.transports.update(transports)
        self.resources.update(resources)

    def _check_transport(self, name: object, factory: object) -> None:
        if not isinstance(name, str) or not _TRANSPORT.fullmatch(name):
            raise PluginError(f"{name!r} is no name for a transport: write 'name', or 'scheme://' for a URL's scheme")
        if name in self.transports:
            raise PluginError(f"there is a transport {name!r} already")
        if not callable(factory):
            raise PluginError(f"the factory of transport {name!r} cannot be called")

    def _check_resource(self, name: object, resource: object) -> None:
        if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
            raise PluginError(f"{name!r} is no name for a resource")
        if name in self.resources or self._is_taken(name):
            raise PluginError(f"a client has a {name!r} already")
        if not isinstance(resource, type) or not issubclass(resource, Resource):
            raise PluginError(f"the resource {name!r} is no subclass of Resource")
        if "__init__" in {name for kind in resource.__mro__[: resource.__mro__.index(Resource)] for name in vars(kind)}:
            raise PluginError(f"the resource {name!r} has an __init__ of its own, which the client cannot call")


def _mapping(results: Mapping[str, Any], hook: str) -> Mapping[Any, Any]:
    result: Mapping[Any, Any] = results.get(hook, {})
    if not isinstance(cast(object, result), Mapping):
        raise PluginError(f"{hook} returned {type(result).__name__}: return a dictionary")
    return result


def _patterns(given: Any) -> Iterable[Any]:
    result: Iterable[Any] = given
    if isinstance(cast(object, result), str) or not isinstance(cast(object, result), Iterable):
        raise PluginError(f"redact returned {type(result).__name__}: return a list of regular expressions")
    return result
