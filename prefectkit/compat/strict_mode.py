"""Strict mode, `PREFECTKIT_STRICT_COMPAT`: flat clients behave as Prefect's own even where this package is better.

The variable is read when a client is created.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import structs

from prefectkit.assembly import changed, options_of, timeout_of
from prefectkit.client import installed_plugins
from prefectkit.compat.official_settings import official_settings
from prefectkit.compat.settings_overrides import overrides
from prefectkit.core.options import Options
from prefectkit.core.settings import Settings, load_settings
from prefectkit.core.settings.own_variables import is_on

if TYPE_CHECKING:
    from prefectkit.plugins.manager import Plugins

VARIABLE = "PREFECTKIT_STRICT_COMPAT"


def is_strict() -> bool:
    """Whether strict mode is on.

    Raises:
        ConfigError: The value of the variable is not a boolean.
    """
    return is_on(os.environ, VARIABLE)


def load_plugins_and_settings() -> tuple[Plugins, Settings]:
    """The installed plugins, and the settings of a flat client.

    In order of precedence: `temporary_settings` of this package; those of Prefect's own current context where it is
    loaded, or else the environment, files and profile; the plugins' defaults. In strict mode, the built-in profile
    replaces one that does not exist.

    Raises:
        ConfigError: A setting makes no sense.
    """
    plugins = installed_plugins()
    changes = overrides.get()
    defaults = (*changes.source, *plugins.contributions.defaults)
    settings = official_settings(defaults)
    if settings is None:
        settings = load_settings(defaults=defaults, strict_profile=not is_strict())
    return plugins, changes.apply(settings)


def flat_options(settings: Settings, httpx_settings: Mapping[str, Any]) -> Options:
    """The options of a flat client: an error costs no second request.

    Strict mode also retries requests that may then be applied twice.

    Raises:
        ConfigError: The timeout makes no sense.
    """
    return changed(
        # A value of the wrong type is sent, for the error of the server that Prefect's own client raises.
        structs.replace(options_of(settings), strict_types=False, asks_version=False),
        timeout=timeout_of(httpx_settings),
        deadline=None,
        max_attempts=None,
        at_least_once=is_strict() or None,
    )
