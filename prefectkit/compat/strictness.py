"""`PREFECTKIT_STRICT_COMPAT`: what a flat client does as Prefect's own does it, although this package has a better way.

Read whenever a client is made.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prefectkit.assembly import changed, options_of, timeout_of
from prefectkit.client import installed_plugins
from prefectkit.core.engine import Options
from prefectkit.core.errors import ConfigError
from prefectkit.core.settings import Settings, load_settings
from prefectkit.core.settings.values import boolean

if TYPE_CHECKING:
    from prefectkit.plugins.manager import Plugins

VARIABLE = "PREFECTKIT_STRICT_COMPAT"


def is_strict() -> bool:
    """Whether it is asked for.

    Raises:
        ConfigError: The variable says neither yes nor no.
    """
    word = os.environ.get(VARIABLE, "")
    try:
        return bool(word) and boolean(word)
    except ValueError as error:
        raise ConfigError(f"{VARIABLE} is {word!r}: {error}") from None


def loaded() -> tuple[Plugins, Settings]:
    """The installed plugins, and the settings of a flat client, with the plugins' defaults.

    A profile that is not there is the built-in one where strictness is asked for.

    Raises:
        ConfigError: A setting makes no sense.
    """
    plugins = installed_plugins()
    return plugins, load_settings(defaults=plugins.contributions.defaults, strict_profile=not is_strict())


def flat_options(settings: Settings, httpx_settings: Mapping[str, Any]) -> Options:
    """The options of a flat client. What may be done twice is sent again where strictness is asked for.

    Raises:
        ConfigError: The timeout makes no sense.
    """
    return changed(
        options_of(settings),
        timeout=timeout_of(httpx_settings),
        deadline=None,
        max_attempts=None,
        at_least_once=is_strict() or None,
    )
