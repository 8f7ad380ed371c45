"""The environment variables of this package itself, `PREFECTKIT_*`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from prefectkit.core.errors import ConfigError
from prefectkit.core.settings.fields import SETTINGS
from prefectkit.core.settings.values import boolean
from prefectkit.core.suggestions import close_matches

_PREFIX: Final = "PREFECTKIT_"
_KNOWN: Final = frozenset(
    {
        "PREFECTKIT_DISABLE_PLUGINS",
        "PREFECTKIT_HOME",
        "PREFECTKIT_PLUGINS",
        "PREFECTKIT_PLUGIN_SECRETS",
        "PREFECTKIT_STRICT_COMPAT",
        "PREFECTKIT_STRICT_PLUGINS",
    }
)


def is_on(environ: Mapping[str, str], name: str) -> bool:
    """Whether a variable is true. One that is not set, or empty, is false.

    Raises:
        ConfigError: The value is not a boolean.
    """
    word = environ.get(name, "")
    try:
        return bool(word) and boolean(word)
    except ValueError as error:
        raise ConfigError(f"{name} is {word!r}: {error}") from None


def check_own_variables(environ: Mapping[str, str]) -> None:
    """Refuse a name that is similar to one of these variables or to a setting. Plugins may have other variables.

    Raises:
        ConfigError: There is such a name.
    """
    for name in environ:
        if name.startswith(_PREFIX) and name not in _KNOWN and (meant := _suggestion(name.removeprefix(_PREFIX))):
            raise ConfigError(f"the environment variable {name} is no setting. Did you mean {meant}?")


def _suggestion(rest: str) -> str | None:
    settings = {variable for setting in SETTINGS for variable in setting.variables}
    if f"PREFECT_{rest}" in settings:
        return f"PREFECT_{rest}"
    near = close_matches(rest, [known.removeprefix(_PREFIX) for known in sorted(_KNOWN)])
    return _PREFIX + near[0] if near else None
