"""Loads the settings from all sources, in the order of precedence."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from prefectkit.core.settings.fields import SETTINGS, Setting
from prefectkit.core.settings.model import Settings
from prefectkit.core.settings.profiles import active_profile, find_profiles
from prefectkit.core.settings.sources import Source, dotenv_file, environment, toml_file


def load_settings(
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    *,
    strict_profile: bool = True,
    defaults: Sequence[Source] = (),
) -> Settings:
    """Read the settings from the same sources as Prefect.

    In order of precedence: the environment, `.env`, `prefect.toml`, `[tool.prefect]` in `pyproject.toml` (these files
    only in the working directory), the active profile, the default. An empty text is a value. Custom headers of all
    sources are merged, header by header; every other setting comes from the first source that has it.

    Args:
        environ: The environment variables; those of this process if not given. `~` is always this process's home.
        cwd: The working directory; this process's if not given.
        strict_profile: If False, a missing profile is replaced by the built-in profile `ephemeral`, and a damaged
            profiles file is only warned about, as by the official client.
        defaults: Sources after all others, in order of precedence. They do not change where profiles are looked for.

    Raises:
        ConfigError: A value, a file or the name of the profile is wrong. The message names it, its source and the fix.
    """
    environ = os.environ if environ is None else environ
    cwd = Path() if cwd is None else cwd
    sources = [
        environment(environ),
        dotenv_file(cwd / ".env", environ),
        toml_file(cwd / "prefect.toml"),
        toml_file(cwd / "pyproject.toml", "tool", "prefect"),
    ]
    profiles_path = find_profiles(sources, cwd)
    profile, profile_source = active_profile(profiles_path, sources[0], strict=strict_profile)
    sources += [profile_source, Source("SSL_CERT_FILE", {"PREFECT_API_SSL_CERT_FILE": environ.get("SSL_CERT_FILE")})]
    return merge([*sources, *defaults], profiles_path=profiles_path, profile=profile)


def merge(sources: Sequence[Source], **known: Any) -> Settings:
    """The settings of these sources, in order of precedence.

    Args:
        sources: The sources.
        **known: Values that do not come from a source.

    Raises:
        ConfigError: A value is wrong.
    """
    values: dict[str, Any] = {setting.attribute: _read(setting, sources) for setting in SETTINGS}
    return Settings(**{name: value for name, value in (values | known).items() if value is not None})


def _read(setting: Setting, sources: Sequence[Source]) -> Any:
    merged: dict[str, str] | None = None
    for source in sources:
        value = source.read(setting)
        if isinstance(value, dict):
            merged = cast("dict[str, str]", value) | (merged or {})
        elif value is not None:
            return value
    return merged
