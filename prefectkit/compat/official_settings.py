"""The settings of Prefect itself, if a program has it loaded, so that its flows and the flat clients use one server."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from prefectkit.core.settings import Settings, Source, merge
from prefectkit.core.settings.fields import SETTINGS, Setting

ORIGIN = "the settings of Prefect, which is loaded"

# Defaults that Prefect derives from other sources. This package has its own values for the others.
_COMPUTED = frozenset({"ssl_cert_file", "profiles_path"})


def official_settings(defaults: Sequence[Source]) -> Settings | None:
    """The settings of Prefect's current settings context; None where Prefect is not loaded.

    Args:
        defaults: Sources of values where the context has none.

    Raises:
        ConfigError: A setting makes no sense.
    """
    context = _current_context()
    if context is None:
        return None
    values = {setting.variable: _value(context.settings, setting) for setting in SETTINGS}
    return merge([Source(ORIGIN, values), *defaults], profile=context.profile.name)


def official_server() -> str | None:
    """The URL of the server that Prefect runs in a process of its own where no URL is configured.

    It is started if it does not run, as a flow starts it. None where Prefect is not loaded.
    """
    if _current_context() is None:
        return None
    # Prefect's server takes seconds to import.
    from prefect.server.api.server import SubprocessASGIServer

    server = SubprocessASGIServer()
    server.start()
    return server.api_url


def _current_context() -> Any:
    module: Any = sys.modules.get("prefect.context")
    if not hasattr(module, "SettingsContext"):
        return None
    # Lazy: it imports what only servers need.
    from prefectkit.transports.embedded import app

    context = module.SettingsContext.get()
    outside = getattr(module, "GLOBAL_SETTINGS_CONTEXT", None)
    return None if app.settings_are_copied and context is outside else context


def _value(settings: Any, setting: Setting) -> object:
    """What was given for a setting, as a source of settings has it; None where it was not."""
    *groups, name = setting.path.split(".")
    group = settings
    for part in groups:
        group = getattr(group, part, None)
    if name not in _COMPUTED and name not in getattr(group, "model_fields_set", ()):
        return None
    value: Any = getattr(group, name, None)
    if hasattr(value, "get_secret_value"):
        return value.get_secret_value()
    if isinstance(value, (set, frozenset)):
        return sorted(cast("set[int]", value))
    return str(value) if isinstance(value, Path) else value
