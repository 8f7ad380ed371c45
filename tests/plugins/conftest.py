"""Tests that await run on both event loops; plugins that are installed for one test."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prefectkit.plugins import entry_points
from prefectkit.plugins.builtin import csrf

Install = Callable[..., None]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def _no_api_is_known_to_want_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csrf, "_without_token", set())


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution with one module, which is the plugin: `install("team", source)`."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    modules: list[str] = []

    def install(name: str, source: str, *, distribution: str = "", target: str = "") -> None:
        module = f"installed_{len(modules)}_{name.replace('-', '_')}"
        modules.append(module)
        (site / f"{module}.py").write_text(f"from prefectkit.plugins import hookimpl\n{source}")
        distribution = distribution or f"prefectkit-{name}"
        info = site / f"{distribution.replace('-', '_')}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[prefectkit]\n{name} = {module}{target}\n")
        importlib.invalidate_caches()
        entry_points._read.cache_clear()

    yield install
    for module in modules:
        sys.modules.pop(module, None)
    entry_points._read.cache_clear()
