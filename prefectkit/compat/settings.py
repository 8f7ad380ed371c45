"""`temporary_settings` and the names of settings, as `prefect.settings` has them.

The names are those of the settings that clients read: `PREFECT_API_URL`, `PREFECT_API_KEY` and so on, each with
`value()`. The settings of Prefect's server and engine are not here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prefectkit.compat.settings_overrides import Overrides, checked_value, find_setting, overrides
from prefectkit.compat.strict_mode import load_plugins_and_settings
from prefectkit.core.settings import Settings
from prefectkit.core.settings.fields import SETTINGS


class SettingName(str):
    """The name of a setting, the environment variable."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The environment variable."""
        return str(self)

    def value(self) -> Any:
        """The current value; the text itself of a key or password.

        Raises:
            ConfigError: A setting makes no sense.
        """
        value = getattr(get_current_settings(), find_setting(self).attribute)
        return value.reveal() if hasattr(value, "reveal") else value


@contextmanager
def temporary_settings(
    updates: Mapping[Any, Any] | None = None,
    set_defaults: Mapping[Any, Any] | None = None,
    restore_defaults: Iterable[Any] | None = None,
) -> Generator[Settings]:
    """A context manager with other settings for the flat clients that are created within it.

    They apply in the current context: in this task or thread, and in tasks started from it. They change neither
    existing clients, nor `Prefect` and `AsyncPrefect`.

    Args:
        updates: New values, by the setting's variable (`PREFECT_API_URL`) or dotted key (`api.url`). None is the
            default.
        set_defaults: Values of settings that no source sets.
        restore_defaults: Settings to reset to their default. An update of the same setting takes precedence.

    Yields:
        The settings.

    Raises:
        ConfigError: There is no such setting, or it does not take this value.
    """
    current = overrides.get()
    restored = {find_setting(key): None for key in restore_defaults or ()}
    changed = restored | {find_setting(key): value for key, value in (updates or {}).items()}
    values = {setting.attribute: checked_value(setting, value) for setting, value in changed.items()}
    defaults = {find_setting(key): value for key, value in (set_defaults or {}).items()}
    for setting, value in defaults.items():
        checked_value(setting, value)
    token = overrides.set(
        Overrides(
            values={**current.values, **values},
            defaults={**current.defaults, **{setting.variable: value for setting, value in defaults.items()}},
        )
    )
    try:
        yield get_current_settings()
    finally:
        overrides.reset(token)


def get_current_settings() -> Settings:
    """The settings that a flat client created now would have.

    Raises:
        ConfigError: A setting makes no sense.
    """
    return load_plugins_and_settings()[1]


if TYPE_CHECKING:
    PREFECT_API_URL: SettingName
    PREFECT_API_KEY: SettingName
    PREFECT_API_AUTH_STRING: SettingName
    PREFECT_API_REQUEST_TIMEOUT: SettingName
    PREFECT_CLIENT_MAX_RETRIES: SettingName
    PREFECT_CLIENT_CUSTOM_HEADERS: SettingName
    PREFECT_CLOUD_API_URL: SettingName
    PREFECT_SERVER_EPHEMERAL_ENABLED: SettingName
    PREFECT_HOME: SettingName
    PREFECT_PROFILES_PATH: SettingName
else:
    globals().update((variable, SettingName(variable)) for setting in SETTINGS for variable in setting.variables)
