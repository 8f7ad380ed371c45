"""`docs/api.md` is what `make docs` writes, with a row for each operation; `docs/architecture.md` names real files."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

import prefectkit
from prefectkit import RetrySafety

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PACKAGE = ROOT / "prefectkit"
DEEPEST = 2
"""Levels of folders that the map has below the root."""
ARCHITECTURE = (DOCS / "architecture.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def generator() -> dict[str, Any]:
    """The names in the program that writes the page."""
    return runpy.run_path(str(DOCS / "generate_api.py"))


def test_the_page_is_up_to_date(generator: dict[str, Any]) -> None:
    written = (DOCS / "api.md").read_text(encoding="utf-8")
    assert written == generator["page"](), "docs/api.md is not what the methods declare: run `make docs`"


def test_every_operation_has_one_row(generator: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `([A-Z]+ \S+)` \| `client\.(\S+)` \| (\w+) \| (.+) \|$", generator["page"](), re.MULTILINE)
    operations = prefectkit.operations()
    shown = {name: (route, retry_safety) for route, name, retry_safety, _ in rows}
    assert shown == {name: (str(each), each.retry_safety.name.lower()) for name, each in operations.items()}
    assert len(rows) == len(operations)


def test_each_way_of_sending_twice_is_explained(generator: dict[str, Any]) -> None:
    assert generator["MEANINGS"].keys() == set(RetrySafety)


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    program = tmp_path / "generate_api.py"
    program.write_text((DOCS / "generate_api.py").read_text())
    runpy.run_path(str(program), run_name="__main__")
    assert (tmp_path / "api.md").read_text(encoding="utf-8") == (DOCS / "api.md").read_text(encoding="utf-8")


def mapped() -> list[Path]:
    """The files and folders of the map, each below the folder that it is indented under."""
    folders: list[Path] = [ROOT]
    found: list[Path] = []
    for line in ARCHITECTURE.partition("## Folder map")[2].split("```")[1].strip().splitlines():
        name = line.split()[0]
        depth = (len(line) - len(line.lstrip())) // 2
        if depth > DEEPEST:
            continue  # the rest of a description
        path = folders[depth] / name
        folders[depth + 1 :] = [path]
        found.append(path)
    return found


def test_the_map_shows_what_is_there() -> None:
    found = mapped()
    assert [str(path) for path in found if not path.exists()] == []
    for folder in (PACKAGE, PACKAGE / "core"):
        assert {path for path in folder.iterdir() if (path / "__init__.py").exists()} <= set(found)


def test_every_file_of_the_architecture_page_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.py)[`:]", ARCHITECTURE))
    assert len(named) >= 10
    assert {name for name in named if not (PACKAGE / name).exists() and not (ROOT / name).exists()} == set()


@pytest.mark.parametrize(
    ("file", "does"),
    [
        ("core/retries/policy.py", "exponential backoff"),
        ("transports/http/connections.py", "connection pool"),
        ("core/security/redaction.py", "redact"),
        ("core/concurrency/rate_limiter.py", "token bucket"),
        ("core/concurrency/adaptive_limiter.py", "AIMD"),
        ("core/retries/idempotency_keys.py", "idempotency key"),
    ],
)
def test_a_standard_term_is_in_the_file_that_implements_it(file: str, does: str) -> None:
    assert does.lower() in (PACKAGE / file).read_text().lower()
