"""Settings files that are damaged or hostile: an error that names the file, in time."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from prefectkit.core.errors import ConfigError
from prefectkit.core.settings import files
from prefectkit.core.settings.sources import MOST, MOST_FILLED
from tests.core.settings.places import Place

TOML = ("prefect.toml", "pyproject.toml", "profiles.toml")
ALL = (*TOML, ".env")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WAIT", 0.1)


def refused(place: Place, name: str, make: Callable[[Path], object]) -> str:
    path = (place.home if name == "profiles.toml" else place.cwd) / name
    make(path)
    with pytest.raises(ConfigError) as caught:
        place.load()
    assert str(path) in str(caught.value)
    assert "Correct " in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "(not a regular file|within 0.1 s)"),
        (lambda path: path.symlink_to(path), "symbolic links"),
        (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
        (lambda path: path.write_bytes(b"#" * (MOST + 1)), "larger than"),
        (lambda path: path.write_bytes(b"a = '\xff'"), "can't decode byte 0xff"),
    ],
)
def test_a_file_that_is_not_text_is_refused(
    place: Place, name: str, make: Callable[[Path], object], reason: str
) -> None:
    assert re.search(reason, refused(place, name, make))


@pytest.mark.parametrize("name", TOML)
@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 100_000 + "]" * 100_000,
        "a = " + "{b=" * 3000 + "1" + "}" * 3000,
        ".".join(["a"] * 100_000) + " = 1",
        " . ".join(['"a"'] * 100_000) + " = 1",
        "[" + ".".join(["'a'"] * 100_000) + "]",
        "b = {" + ".".join(["a"] * 100_000) + " = 1}",
        "a = " + "9" * 5000,
    ],
)
def test_deep_and_long_toml(place: Place, name: str, text: str) -> None:
    assert "cannot be read as TOML" in refused(place, name, lambda path: path.write_text(text))


@pytest.mark.parametrize("name", TOML)
def test_a_directory_in_place_of_toml(place: Place, name: str) -> None:
    assert "Is a directory" in refused(place, name, Path.mkdir)


def test_ordinary_dots_are_not_a_long_key(place: Place) -> None:
    words = "One. Two words. " * 100
    url = "a" + ".b" * 40
    (place.cwd / "pyproject.toml").write_text(
        f'description = "{words}..."\nurl = "{url}"\n[tool.prefect]\napi.url = "http://host/api"'
    )
    assert place.load().api_url == "http://host/api"


def test_variables_that_are_filled_in_over_and_over(place: Place) -> None:
    bomb = "A0=" + "x" * 100 + "\n" + "\n".join(f"A{i}=" + f"${{A{i - 1}}}" * 10 for i in range(1, 9))
    message = refused(place, ".env", lambda path: path.write_text(bomb))
    assert f"A5 has more than {MOST_FILLED} characters" in message
