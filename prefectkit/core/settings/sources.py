"""The sources of settings, each converted to the same form: values by the name of the environment variable."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any, cast

import msgspec

from prefectkit.core.errors import ConfigError
from prefectkit.core.settings.fields import SETTINGS, Setting
from prefectkit.core.settings.files import read_file

MOST = 4 << 20
"""The maximum size of a configuration file in bytes."""
MOST_FILLED = 1 << 20
"""The maximum length of a value of `.env` after its variables were replaced."""
# The time that tomllib takes for a dotted key grows with the square of its parts.
_LONG_KEY = re.compile(rb"(?<![\w-])(?:(?:[\w-]++|\"[^\"\n]*+\"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}")


class Source(msgspec.Struct, frozen=True):
    """The values of one source.

    Attributes:
        origin: Its name in messages, such as "the environment".
        values: Its values, by the upper-case name of the variable.
    """

    origin: str
    values: Mapping[str, object]

    def read(self, setting: Setting) -> Any:
        """The setting's checked value; None if the source does not have it.

        Raises:
            ConfigError: The value is not valid for the setting.
        """
        for variable in setting.variables:
            if (value := self.values.get(variable)) is not None:
                try:
                    return setting.parse(value)
                except ValueError as error:
                    shown = "wrong" if setting.is_secret else repr(value)
                    raise ConfigError(
                        f"{variable} ({setting.path} in TOML) is {shown} in {self.origin}: {error}. "
                        "Correct it there, or take it out"
                    ) from None
        return None


def by_variable(values: Mapping[str, object]) -> dict[str, object]:
    """The values of Prefect's variables, by upper-case name. Names that differ only in case: the last one is used."""
    upper = {name.upper(): value for name, value in values.items()}
    return {name: value for name, value in upper.items() if name.startswith("PREFECT_")}


def checked_defaults(origin: str, values: Mapping[str, object]) -> Source:
    """A source of defaults, whose names and values are checked at once.

    Raises:
        ConfigError: There is no such setting, or the value is not valid for it.
    """
    source = Source(origin, by_variable(values))
    known = {variable for setting in SETTINGS for variable in setting.variables}
    if unknown := [name for name in values if name.upper() not in known]:
        raise ConfigError(f"there is no setting {unknown[0]!r} for {origin} to give a default")
    for setting in SETTINGS:
        source.read(setting)
    return source


def environment(environ: Mapping[str, str]) -> Source:
    return Source("the environment", by_variable(environ))


def dotenv_file(path: Path, environ: Mapping[str, str]) -> Source:
    """A `.env` file. `${NAME}` and `${NAME:-default}` are replaced from the lines above, else from the environment.

    Raises:
        ConfigError: The file cannot be read.
    """
    # A directory of this name is a virtual environment; a pipe comes from a password manager.
    data = None if os.path.isdir(path) else read_config(path, pipe=True)
    if data is None:
        return Source("", {})
    # Imported lazily: it takes longer than the rest of this module.
    from dotenv.main import DotEnv
    from dotenv.variables import parse_variables

    known: dict[str, str | None] = dict(environ)
    values: dict[str, str | None] = {}
    try:
        for name, raw in DotEnv(None, stream=StringIO(data.decode()), interpolate=False).parse():
            filled = None if raw is None else _filled(name, (part.resolve(known) for part in parse_variables(raw)))
            values[name] = known[name] = filled
    except ValueError as error:
        raise ConfigError(f"{path.absolute()} cannot be read: {error}. Correct it, or take it away") from None
    return Source(str(path.absolute()), by_variable(values))


def _filled(name: str, parts: Iterable[str]) -> str:
    pieces: list[str] = []
    length = 0
    for part in parts:
        pieces.append(part)
        length += len(part)
        if length > MOST_FILLED:
            raise ValueError(f"with its variables filled in, {name} has more than {MOST_FILLED} characters")
    return "".join(pieces)


def toml_file(path: Path, *table: str) -> Source:
    """A TOML file with the settings below `table`, by their dotted keys.

    Raises:
        ConfigError: The file cannot be read, or a value that must be a table is not one.
    """
    document = read_toml(path)
    if document is None:
        return Source("", {})
    root = subtable(document, table, path)
    return Source(str(path.absolute()), dict(_spelled_by_path(root, path)))


def _spelled_by_path(root: Mapping[str, object], path: Path) -> Iterator[tuple[str, object]]:
    for setting in SETTINGS:
        *tables, key = setting.path.split(".")
        yield setting.variable, subtable(root, tables, path).get(key)


def read_toml(path: Path) -> dict[str, object] | None:
    """The content of a TOML file; None if there is no file.

    Raises:
        ConfigError: The file cannot be read, or is damaged.
    """
    data = read_config(path)
    if data is None:
        return None
    # Imported lazily: it takes 3 ms, and most processes have no such file.
    import tomllib

    try:
        if _LONG_KEY.search(data):
            raise ValueError("it has a key of 50 parts or more")
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path.absolute()} cannot be read as TOML: {error}. Correct it, or take it away") from None


def read_config(path: Path, *, pipe: bool = False) -> bytes | None:
    """The content of a configuration file; None if there is no file. `pipe` as in `read_file`.

    Raises:
        ConfigError: It cannot be read, or is not a file.
    """
    try:
        return read_file(path, MOST, pipe=pipe)
    except OSError as error:
        raise ConfigError(f"{path.absolute()} cannot be read: {error.strerror}. Correct it, or take it away") from None


def subtable(root: Mapping[str, object], keys: tuple[str, ...] | list[str], path: Path) -> Mapping[str, object]:
    """The table below `root` at `keys`; empty if there is none."""
    for depth, key in enumerate(keys, start=1):
        found = root.get(key, {})
        if not isinstance(found, dict):
            raise ConfigError(
                f"{'.'.join(keys[:depth])} in {path.absolute()} must be a table, not {type(found).__name__}: "
                f"write [{'.'.join(keys[:depth])}] and its entries below it"
            )
        root = cast("dict[str, object]", found)
    return root
