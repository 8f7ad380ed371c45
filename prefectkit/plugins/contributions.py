"""What plugins bring when a client is made: settings, secret patterns, transports, resources; checked, then taken."""

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
    """All of it, for one client.

    Attributes:
        defaults: Settings, those of the plugin that comes first before the others.
        transports: Factories by name, or by URL scheme with `://`.
        resources: Classes by the name that they have on the client.

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

    def add(self, plugin: str, answers: Mapping[str, Any]) -> None:
        """Take what the registration hooks of a plugin answered, by the hook's name; all of it or nothing.

        Raises:
            PluginError: It is of another type, or takes a name that is taken.
            ConfigError: A default for a setting that does not exist, or that the setting does not take.
            Exception: A pattern that is no regular expression.
        """
        transports = _mapping(answers, "register_transports")
        resources = _mapping(answers, "register_resources")
        defaults = _mapping(answers, "settings_defaults")
        for name, factory in transports.items():
            self._check_transport(name, factory)
        for name, resource in resources.items():
            self._check_resource(name, resource)
        source = checked_defaults(f"plugin {plugin!r}", defaults)
        add_patterns(_patterns(answers.get("redact", ())))
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


def _mapping(answers: Mapping[str, Any], hook: str) -> Mapping[Any, Any]:
    answer: Mapping[Any, Any] = answers.get(hook, {})
    if not isinstance(cast(object, answer), Mapping):
        raise PluginError(f"{hook} returned {type(answer).__name__}: return a dictionary")
    return answer


def _patterns(given: Any) -> Iterable[Any]:
    answer: Iterable[Any] = given
    if isinstance(cast(object, answer), str) or not isinstance(cast(object, answer), Iterable):
        raise PluginError(f"redact returned {type(answer).__name__}: return a list of regular expressions")
    return answer
