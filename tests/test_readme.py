"""What README and docs say is so: their code runs, and the files, links and commands that they name are there."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

import pytest

from prefectkit import Prefect
from prefectkit.models import Failed
from prefectkit.models.filters import FlowFilter, FlowFilterId
from tests.real_server import RealServer

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]

Shown: TypeAlias = Callable[[Path, str], str]

_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?://)([^)#]+)")
_TARGET = re.compile(r"(?:`|\$ )make ([a-z-]+)")


def blocks(path: Path) -> list[str]:
    # With the lines before it, so that a traceback shows the document's own.
    text = path.read_text()
    return ["\n" * text.count("\n", 0, match.start(1)) + match[1] for match in _BLOCK.finditer(text)]


BLOCKS = [
    pytest.param(path, block, id=f"{path.name}-{number}")
    for path in DOCUMENTS
    if path.name != "CONTRIBUTING.md"  # what it shows is a part of a class
    for number, block in enumerate(blocks(path), start=1)
]


@pytest.fixture
def shown(server: RealServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shown]:
    """Runs a block where `Prefect()`, and Prefect itself, ask the real server, and returns what it prints."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    monkeypatch.setenv("PREFECT_API_URL", server.url)
    monkeypatch.delenv("CI", raising=False)

    def run(path: Path, block: str) -> str:
        capsys.readouterr()
        exec(compile(block, str(path), "exec"), {"__name__": "__main__"})
        return capsys.readouterr().out

    with temporary_settings({PREFECT_API_URL: server.url}):
        yield run


@pytest.mark.parametrize(("path", "block"), BLOCKS)
def test_every_block_runs(path: Path, block: str, shown: Shown) -> None:
    shown(path, block)


def test_the_examples_of_the_readme_print_the_documented_output(server: RealServer, shown: Shown) -> None:
    name = f"failed-{uuid4()}"
    with Prefect(server.url) as client:
        flow = client.flows.create(name="etl")
        client.flow_runs.create(flow_id=flow.id, name=name, state=Failed(message="no rows"))
        first, words, route, plugin, errors = (shown(README, block) for block in blocks(README))
        assert f"{name} no rows" in first.splitlines()
        done = client.flow_runs.list(state="COMPLETED", flows=FlowFilter(id=FlowFilterId(any_=[flow.id])))
        assert "42 rows" in {run.state.message for run in done if run.state}
    assert words.splitlines()[0].isdigit()
    assert re.fullmatch(r"200 [123]\n", route)
    assert re.fullmatch(r"\['csrf', 'headers', .*'Team'\]\n", plugin)
    not_found, unaddressable = errors.splitlines()
    assert not_found == "404 Flow not found"
    assert "'../flow_runs/filter' has a slash" in unaddressable


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(path.read_text()):
        assert (path.parent / link).exists(), link


def test_documented_make_targets_exist() -> None:
    named = {target for path in DOCUMENTS for target in _TARGET.findall(path.read_text())}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test", "check", "docs"} <= named <= targets


def test_what_is_where() -> None:
    drawn = README.read_text().partition("## What is where")[2].split("```")[1]
    folder, found = ROOT, 0
    for line in drawn.strip().splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            folder = ROOT / name
        place = folder / name if line.startswith(" ") else folder
        assert place.is_dir() if name.endswith("/") else place.is_file(), line
        found += 1
    assert found >= 8
    listed = {line.split()[0].rstrip("/") for line in drawn.splitlines() if line.startswith("  ")}
    folders = {path.name for path in (ROOT / "prefectkit").iterdir() if (path / "__init__.py").exists()}
    assert folders <= listed


def test_the_figures_are_those_of_the_last_run() -> None:
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text()
    targets = results.partition("## Targets")[2].partition("\n## ")[0].splitlines()
    shown = [line for line in README.read_text().partition("## How fast")[2].splitlines() if line.startswith("|")]
    assert len(shown) > 10
    assert set(shown) <= set(targets)
    assert {line for line in targets if "not met" in line} <= set(shown)


def test_documented_extras_exist() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = set(re.findall(r"prefectkit\[(\w+)\]", README.read_text()))
    assert named and named <= project["optional-dependencies"].keys()
    assert f"Python {project['requires-python'].removeprefix('>=')}" in README.read_text()


def test_the_hook_of_the_ci_runs_what_make_has() -> None:
    runner = ROOT / ".ci" / "run"
    assert os.access(runner, os.X_OK)
    named = set(re.findall(r"^make ([a-z-]+)", runner.read_text(), re.MULTILINE))
    (check,) = re.findall(r"^check: ([a-z -]+?) *##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert named == set(check.split())
