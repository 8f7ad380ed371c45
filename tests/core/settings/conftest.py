"""A working directory for each test of the settings, and the official client to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.core.settings.places import Official, Place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    return Place(tmp_path)


@pytest.fixture(scope="session")
def official(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Official]:
    if find_spec("prefect") is None:
        pytest.skip("Prefect is not installed")
    user_home = tmp_path_factory.mktemp("user")
    worker = Official(user_home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(user_home))
        yield worker
    worker.close()
