"""The example plugins, and the one of the tutorial, as a user gets them: built, installed beside the SDK, found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.plugins import tutorial

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples" / "plugins").glob("*/pyproject.toml"))
SCRIPT = Path(__file__).with_name("environment.py")
SURFACES = [f"{kind} {transport}" for transport in ("http", "asgi", "unix") for kind in ("sync", "async")]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]

Environment: TypeAlias = Callable[..., "subprocess.CompletedProcess[str]"]


def done(*command: object, **environ: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PYTHONPATH"))}
    ended = subprocess.run(
        [str(part) for part in command], env={**known, **environ}, capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the tutorial's reader makes."""
    folder = tmp_path_factory.mktemp("tutorial") / "prefectkit-team"
    folder.mkdir()
    tutorial.write(folder)
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Environment:
    """Runs Python in a clean environment with the SDK, the example plugins and the tutorial's."""
    home = tmp_path_factory.mktemp("environment")
    # One build environment for all, where pip would make one for each.
    backend, wheels, folder = home / "backend", home / "wheels", home / "venv"
    done(*PIP, "install", "--target", backend, "hatchling")
    building = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels]
    done(*building, ROOT, *EXAMPLES, project, PYTHONPATH=str(backend))
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    done(*PIP, "--python", python, "install", *wheels.glob("*.whl"))
    return lambda *arguments, **environ: done(python, "-I", *arguments, **environ)


@pytest.fixture(scope="module")
def metrics_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("metrics") / "calls.prom"


@pytest.fixture(scope="module")
def said(environment: Environment, metrics_file: Path) -> dict[str, Any]:
    """What the user's program said."""
    ended = environment(
        SCRIPT,
        PREFECTKIT_SIGNING_KEY="shared",
        PREFECTKIT_PLUGIN_SECRETS="signing",
        PREFECTKIT_PROMETHEUS_FILE=str(metrics_file),
    )
    assert ended.stderr == ""
    return json.loads(ended.stdout)


@pytest.mark.slow
def test_each_is_found_by_its_entry_point(said: dict[str, Any]) -> None:
    assert [plugin for plugin in said["plugins"] if plugin[1] != "built-in"] == [
        ["gateway", "prefectkit-gateway 1.0.0"],
        ["prometheus", "prefectkit-prometheus 1.0.0"],
        ["signing", "prefectkit-signing 1.0.0"],
        ["team", "prefectkit-team 0.1.0"],
    ]
    assert said["refused"] == {}


@pytest.mark.parametrize("surface", SURFACES)
def test_they_work_together(surface: str, said: dict[str, Any]) -> None:
    # The resource answers, over plain transports and the plugin's own; each request is signed; three calls are counted.
    assert said[surface] == {"webhooks": ["orders"], "unsigned": [], "counted": 3}


def test_the_metrics_are_written_when_the_process_ends(said: dict[str, Any], metrics_file: Path) -> None:
    calls = f'prefectkit_calls_total{{operation="webhooks.list",outcome="200"}} {len(SURFACES)}'
    assert calls in metrics_file.read_text().splitlines()


def test_what_asks_for_secrets_is_left_out_until_it_may(environment: Environment) -> None:
    program = "from prefectkit import Prefect; c = Prefect('http://127.0.0.1:1/api'); print(c.plugins.names); c.close()"
    ended = environment("-c", program)
    assert "'gateway', 'prometheus', 'team']" in ended.stdout
    assert "plugin 'signing' of prefectkit-signing 1.0.0 is refused: it asks to see secrets" in ended.stderr
    assert "PREFECTKIT_PLUGIN_SECRETS=signing" in ended.stderr


def test_the_tutorials_client_says_what_the_tutorial_says(environment: Environment, project: Path) -> None:
    ended = environment(project / "show.py", PREFECTKIT_PLUGINS="team")
    assert ended.stdout == tutorial.files()["what show.py prints"]


@pytest.mark.slow
def test_the_tutorials_tests_pass(project: Path) -> None:
    own_tests(project)


@pytest.mark.slow
@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_the_examples_own_tests_pass(folder: Path) -> None:
    own_tests(folder)


def own_tests(folder: Path) -> None:
    path = os.pathsep.join([str(folder), str(ROOT)])
    ended = done(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder, PYTHONPATH=path)
    assert " passed" in ended.stdout


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)
def test_an_example_has_what_a_distribution_needs(folder: Path) -> None:
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    assert project["build-system"]["requires"] == ["hatchling"]
    name = project["project"]["name"]
    assert name == folder.name
    (entry,) = project["project"]["entry-points"]["prefectkit"]
    assert name == f"prefectkit-{entry}"
    assert "prefectkit" in project["project"]["dependencies"]
    assert f"pip install {name}" in (folder / "README.md").read_text()
