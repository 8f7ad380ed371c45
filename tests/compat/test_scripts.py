"""Programs as people and Prefect's documentation have them print the same after their imports are changed.

Only `get_client`, every name that is here, and by the migration command: with Prefect, and where it cannot be imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from prefectkit.migrate.migration import migrate
from tests.compat import programs
from tests.compat.filled_server import FilledServer, filled_server
from tests.compat.programs import Execute, printed, with_imports_changed, with_prefect
from tests.report import count

HERE = Path(__file__).parent
SCRIPTS = [*sorted((HERE / "scripts").glob("*.py")), *sorted((HERE / "documentation").glob("*.py"))]
ENGINE = {
    *("automation_of_zombies", "cleanup_with_approval", "custom_worker", "delete_expired_runs", "greet_by_inputs"),
    *("hooks_of_states", "limit_a_deployment", "limit_what_is_served", "result_in_a_hook", "schedules_of_a_flow"),
}
"""What needs Prefect whatever is imported from here."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FilledServer]:
    with filled_server(tmp_path_factory.mktemp("prefect")) as filled:
        yield filled


@pytest.fixture(scope="module")
def without_prefect(server: FilledServer) -> Iterator[Execute]:
    with programs.without_prefect(server.url) as execute:
        yield execute


@pytest.mark.prefect_engine
@pytest.mark.filterwarnings("ignore:The `copy` method:DeprecationWarning")  # of pydantic's models
@pytest.mark.filterwarnings("ignore::FutureWarning")  # of Prefect's artifacts outside of runs
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: f"{script.parent.name}-{script.stem}")
def test_a_program_prints_the_same(
    script: Path,
    server: FilledServer,
    without_prefect: Execute,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def output(source: str, execute: Execute) -> list[str]:
        return printed(server, execute, script.name, source)

    loaded = with_prefect(server, monkeypatch)
    source = script.read_text()
    expected = output(source, loaded)
    assert expected
    one_name, all_names, migrated = (
        with_imports_changed(source, "get_client"),
        with_imports_changed(source),
        migrate(source),
    )
    assert "prefectkit" in one_name and migrated.needs_prefect == (script.stem in ENGINE)
    assert output(one_name, loaded) == expected
    assert output(all_names, loaded) == expected
    if migrated.needs_prefect:
        assert output(migrated.text, loaded) == expected
    else:
        assert output(migrated.text, without_prefect) == expected
        count(capsys, "{} programs of people and of Prefect's documentation do the same without Prefect", script.stem)
