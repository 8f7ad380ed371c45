"""Entry points: the plugins that installed distributions declare, and which of them the environment allows."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, distributions, entry_points

from prefectkit.core.settings.own_variables import check_own_variables, is_on
from prefectkit.plugins.hookspecs import PROJECT

logger = logging.getLogger("prefectkit.plugins")


def plugin_entry_points() -> tuple[EntryPoint, ...]:
    """The entry points in the group `prefectkit`, by name. Read once for each `sys.path`, as it takes milliseconds."""
    return _read(tuple(sys.path))


@lru_cache(maxsize=1)
def _read(path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    try:
        found: Iterable[EntryPoint] = entry_points(group=PROJECT)
    except Exception:
        # The file of one distribution is damaged, which fails the reading of all of them.
        found = _readable()
    return tuple(sorted(found, key=lambda point: point.name))


def _readable() -> Iterator[EntryPoint]:
    """The entry points of each distribution that can be read, the first of its name on the path."""
    seen: set[str] = set()
    for distribution in distributions():
        try:
            name = re.sub(r"[-_.]+", "-", distribution.name).lower()
            points = distribution.entry_points.select(group=PROJECT)
        except Exception as error:
            place = getattr(distribution, "_path", "a distribution")
            logger.warning("the entry points of %s cannot be read, and its plugins are not loaded: %s", place, error)
            continue
        if name not in seen:
            seen.add(name)
            yield from points


def source_of(point: EntryPoint) -> str:
    """The distribution and version that an entry point comes with."""
    return f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown distribution"


class Switches:
    """The environment variables for plugins.

    Raises:
        ConfigError: A variable has a misspelt name, or a value that makes no sense.

    Attributes:
        strict: `PREFECTKIT_STRICT_PLUGINS`: whether a refused plugin is an error.
        secrets: `PREFECTKIT_PLUGIN_SECRETS`: names of installed plugins that may see secrets.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        check_own_variables(environ)
        self._allowed = _names(environ.get("PREFECTKIT_PLUGINS"))
        self._disabled = _names(environ.get("PREFECTKIT_DISABLE_PLUGINS")) or frozenset()
        self.strict = is_on(environ, "PREFECTKIT_STRICT_PLUGINS")
        self.secrets = _names(environ.get("PREFECTKIT_PLUGIN_SECRETS")) or frozenset()

    @property
    def none(self) -> bool:
        """Whether no installed plugin may be loaded: `PREFECTKIT_PLUGINS` is set and empty."""
        return self._allowed is not None and not self._allowed

    @property
    def allowed(self) -> frozenset[str]:
        """The names in `PREFECTKIT_PLUGINS`."""
        return self._allowed or frozenset()

    def is_off(self, name: str) -> bool:
        """Whether `PREFECTKIT_DISABLE_PLUGINS` names it."""
        return name in self._disabled

    def allows(self, name: str) -> bool:
        """Whether an installed plugin of this name may be loaded."""
        return not self.is_off(name) and (self._allowed is None or name in self._allowed)


def _names(value: str | None) -> frozenset[str] | None:
    return None if value is None else frozenset(name.strip() for name in value.split(",") if name.strip())
