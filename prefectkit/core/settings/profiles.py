"""The active profile: its file, its name, and the default if there is none."""

from __future__ import annotations

import errno
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from prefectkit.core.errors import ConfigError
from prefectkit.core.settings.sources import Source, by_variable, read_toml, subtable
from prefectkit.core.settings.values import directory

_DEFAULT = "ephemeral"
_BUILT_IN: dict[str, Mapping[str, object]] = {
    "ephemeral": {"PREFECT_SERVER_EPHEMERAL_ENABLED": True},
    "local": {"PREFECT_API_URL": "http://127.0.0.1:4200/api"},
    "test": {"PREFECT_SERVER_EPHEMERAL_ENABLED": True},
    "cloud": {},
}
_TEST_FLAGS = (
    "PREFECT_TEST_MODE",
    "PREFECT_UNIT_TEST_MODE",
    "PREFECT_TESTING_TEST_MODE",
    "PREFECT_TESTING_UNIT_TEST_MODE",
)


def find_profiles(sources: Sequence[Source], cwd: Path) -> Path:
    """The path of the profiles file: from the first source that has one, else in Prefect's home directory.

    Args:
        sources: The sources in order of precedence, the environment first.
        cwd: The directory that a relative path is relative to.
    """
    # A PREFECT_HOME in a file does not move the profiles: the official client would not find them there either.
    home = directory(sources[0].values.get("PREFECT_HOME") or "~/.prefect")
    for source in sources:
        if path := source.values.get("PREFECT_PROFILES_PATH"):
            return cwd / directory(str(path).replace("$PREFECT_HOME", str(home)))
    return cwd / home / "profiles.toml"


def active_profile(path: Path, environment: Source, *, strict: bool) -> tuple[str | None, Source]:
    """The name of the active profile and its values; neither if a variable of Prefect's says that tests are running.

    Raises:
        ConfigError: The file cannot be read, although it may exist. If `strict`, also: it is damaged, or has no profile
            of that name.
    """
    if any(environment.values.get(flag) for flag in _TEST_FLAGS):
        return None, Source("", {})
    _check_reachable(path)
    try:
        return _active_profile(path, environment, strict=strict)
    except ConfigError as error:
        if strict:
            raise
        warnings.warn(f"No profile is used: {error}", stacklevel=3)
        return None, Source("", {})


def _check_reachable(path: Path) -> None:
    """Refuse a path if the file may exist but cannot be reached: without its profile, another server would be used."""
    try:
        path.stat()
    except ValueError:
        return  # no file can have this name
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return
        raise ConfigError(
            f"the profiles in {path.absolute()} cannot be read: {error.strerror}. Correct PREFECT_HOME, "
            "PREFECT_PROFILES_PATH or who may read it"
        ) from None


def _active_profile(path: Path, environment: Source, *, strict: bool) -> tuple[str, Source]:
    found = read_toml(path)
    exists = found is not None
    document: Mapping[str, object] = {"active": _DEFAULT, "profiles": _BUILT_IN} if found is None else found
    profiles = subtable(document, ("profiles",), path)
    name, chosen_by = _choice(document, environment)
    if isinstance(name, str) and name in profiles:
        values = subtable(profiles, (name,), path)
        return name, Source(f"profile {name!r} of {path if exists else 'the built-in profiles'}", by_variable(values))
    if strict and name and name != _DEFAULT:
        kind = "profiles there are" if exists else "no such file, and the built-in profiles are"
        raise ConfigError(
            f"profile {name!r} not found in {path} ({kind}: {', '.join(sorted(profiles)) or 'none'}). "
            f"It was chosen by {chosen_by}: name another one there, or add this one to the file"
        )
    return _DEFAULT, Source(f"the built-in profile {_DEFAULT!r}", _BUILT_IN[_DEFAULT])


def _choice(document: Mapping[str, object], environment: Source) -> tuple[object, str]:
    program, *arguments = sys.argv or [""]
    if program.endswith("/prefect") and arguments[:1] == ["--profile"] and len(arguments) > 1:
        return arguments[1], "--profile on the command line"
    if name := environment.values.get("PREFECT_PROFILE"):
        return name, "PREFECT_PROFILE in the environment"
    return document.get("active"), "'active' in that file"
