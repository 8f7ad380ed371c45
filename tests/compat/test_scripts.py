"""Scripts as people have them print the same after one import is changed, and after all of them are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from prefectkit.migrate.migration import migrate
from tests.compat.filled_server import FilledServer, filled_server
from tests.compat.normalization import Normalizer

SCRIPTS = sorted((Path(__file__).parent / "scripts").glob("*.py"))
ONE = {"from prefect.client.orchestration import get_client": "from prefectkit.compat import get_client"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FilledServer]:
    with filled_server(tmp_path_factory.mktemp("prefect")) as filled:
        yield filled


def changed(source: str, imports: dict[str, str]) -> str:
    for theirs, ours in imports.items():
        source = re.sub(rf"\b{re.escape(theirs)}\b", ours, source)
    return source


def printed(server: FilledServer, source: str, name: str, settings: AbstractContextManager[Any]) -> list[str]:
    """What a script prints in the environment as it is at first, with ids and moments left out."""
    server.reset()
    output = StringIO()
    with settings, redirect_stdout(output):
        exec(compile(source, name, "exec"), {"__name__": "__main__"})
    normalizer = Normalizer()
    return [normalizer.normalize(line) for line in output.getvalue().splitlines()]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_prints_the_same(script: Path, server: FilledServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    source = script.read_text()
    one_line, all_lines = changed(source, ONE), migrate(source).text
    assert sum(old != new for old, new in zip(source.splitlines(), one_line.splitlines(), strict=True)) == 1
    assert not re.search(r"^ *(from|import) prefect\b", all_lines, re.MULTILINE)
    expected = printed(server, source, script.name, temporary_settings({PREFECT_API_URL: server.url}))
    monkeypatch.setenv("PREFECT_API_URL", server.url)
    assert expected
    assert printed(server, one_line, script.name, nullcontext()) == expected
    assert printed(server, all_lines, script.name, nullcontext()) == expected
