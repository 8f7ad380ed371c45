"""Settings that `temporary_settings` changes for the flat clients created meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import msgspec

from prefectkit.core.errors import ConfigError
from prefectkit.core.settings import Settings
from prefectkit.core.settings.fields import SETTINGS, Setting
from prefectkit.core.settings.sources import Source

ORIGIN = "temporary_settings"


class Overrides(msgspec.Struct, frozen=True):
    """The overrides of `temporary_settings`.

    Attributes:
        values: Checked values that override the settings, by the attribute of `Settings`.
        defaults: Values that apply if no source sets one, by the name of the variable.
    """

    values: Mapping[str, Any] = {}
    defaults: Mapping[str, object] = {}

    @property
    def source(self) -> tuple[Source, ...]:
        """The defaults as a source of settings."""
        return (Source(ORIGIN, self.defaults),) if self.defaults else ()

    def apply(self, settings: Settings) -> Settings:
        """The settings with the values changed."""
        return msgspec.structs.replace(settings, **self.values) if self.values else settings


NO_OVERRIDES = Overrides()
overrides: ContextVar[Overrides] = ContextVar("prefectkit.compat.settings", default=NO_OVERRIDES)
"""The overrides of the current context."""


def find_setting(key: object) -> Setting:
    """The setting of a key: its variable, its dotted key in TOML, or an object with either as `name`.

    Raises:
        ConfigError: The clients have no such setting.
    """
    name = str(getattr(key, "name", key))
    for setting in SETTINGS:
        if name == setting.path or name.upper() in setting.variables:
            return setting
    raise ConfigError(
        f"the clients have no setting {name!r}: one of Prefect's server or engine is changed with "
        "prefect.settings.temporary_settings"
    )


def checked_value(setting: Setting, value: object) -> Any:
    """A value converted to its type in `Settings`; None is the default.

    Raises:
        ConfigError: The setting does not take it.
    """
    if value is None:
        return getattr(Settings(), setting.attribute)
    return Source(ORIGIN, {setting.variable: value}).read(setting)
