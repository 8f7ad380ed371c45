"""Both type checkers agree with `tests/typing`: what is right there, and what is a mistake."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_readme import blocks

ROOT = Path(__file__).parents[1]
# docs/plugins.md adds a resource by name, which no type checker sees.
SHOWN = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("aiohttp", "bulk", "cassettes", "reliability")),
]
CHECKERS = {
    "mypy": ["-m", "mypy", "--strict", "tests/typing"],
    "pyright": ["-m", "pyright", "--pythonpath", sys.executable, "tests/typing"],
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_calls_are_typed_and_mistakes_are_found(checker: str) -> None:
    pytest.importorskip(checker)
    done = subprocess.run([sys.executable, *CHECKERS[checker]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("checker", CHECKERS)
def test_what_the_readme_and_docs_show_is_typed(checker: str, tmp_path: Path) -> None:
    pytest.importorskip(checker)
    for path in SHOWN:
        for number, block in enumerate(blocks(path), start=1):
            (tmp_path / f"{path.stem.lower()}_{number}.py").write_text(block)
    command = [*CHECKERS[checker][:-1], *map(str, sorted(tmp_path.glob("*.py")))]
    assert len(list(tmp_path.glob("readme_*.py"))) >= 5
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_mistakes_are_mistakes(checker: str, tmp_path: Path) -> None:
    """Without its ignores every marked line has an error, and no other line has."""
    pytest.importorskip(checker)
    lines = (ROOT / "tests/typing/mistakes.py").read_text().splitlines()
    bare = tmp_path / "bare.py"
    bare.write_text("\n".join(line.partition("  # type: ignore")[0] for line in lines))
    command = [*CHECKERS[checker][:-1], str(bare)]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)
    found = {int(line.split("bare.py:")[1].split(":")[0]) for line in done.stdout.splitlines() if " error: " in line}
    assert found == {number for number, line in enumerate(lines, 1) if "# type: ignore" in line}
