"""Programs in the styles of public ones do the same before and after the command has rewritten them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from prefectkit.migrate.__main__ import main
from prefectkit.migrate.migration import migrate
from tests.compat import programs
from tests.compat.filled_server import FilledServer, filled_server
from tests.compat.programs import Execute, printed, with_prefect
from tests.report import count

HERE = Path(__file__).parent
PROGRAMS = sorted((HERE / "programs").glob("*.py"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FilledServer]:
    with filled_server(tmp_path_factory.mktemp("prefect")) as filled:
        yield filled


@pytest.fixture(scope="module")
def without_prefect(server: FilledServer) -> Iterator[Execute]:
    """Runs a program in a process in which Prefect cannot be imported."""
    with programs.without_prefect(server.url) as execute:
        yield execute


@pytest.mark.prefect_engine
@pytest.mark.filterwarnings("ignore::FutureWarning")  # of Prefect's artifacts outside of runs
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_program_does_the_same_when_it_is_rewritten(
    program: Path,
    server: FilledServer,
    without_prefect: Execute,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = program.read_text()
    rewritten = migrate(source)
    official = with_prefect(server, monkeypatch)
    before = printed(server, official, program.name, source)
    assert before
    count(capsys, "{} programs work before they are rewritten", program.stem)
    execute = official if rewritten.needs_prefect else without_prefect
    after = printed(server, execute, program.name, rewritten.text)
    assert after == before
    count(capsys, "{} programs do the same afterwards", program.stem)
    if not rewritten.needs_prefect:
        count(capsys, "{} of them without Prefect", program.stem)


def test_the_process_without_prefect_has_none(without_prefect: Execute) -> None:
    output, error = without_prefect("import", "print('before'); import prefect.client.orchestration")
    assert output == "before\n"
    assert error is not None and "ModuleNotFoundError: No module named 'prefect'" in error


@pytest.mark.slow
def test_the_command_rewrites_the_whole_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for program in PROGRAMS:
        (tmp_path / program.name).write_text(program.read_text())
    assert main([str(tmp_path)]) == 0
    summary = capsys.readouterr().err.splitlines()[-1]
    engine = [program.name for program in PROGRAMS if program.name.startswith("flow_")] + ["same_version.py"]
    assert summary.startswith(
        f"{len(PROGRAMS)} files read, {len(PROGRAMS)} changed, {len(PROGRAMS) - len(engine)} need Prefect no more, "
        f"{len(engine)} still need it"
    )
    left = [path.name for path in sorted(tmp_path.glob("*.py")) if imports_prefect(path.read_text())]
    assert left == engine
    assert main(["--check", str(tmp_path)]) == 0


def imports_prefect(source: str) -> bool:
    return re.search(r"^\s*(import|from) prefect\b", source, re.MULTILINE) is not None
