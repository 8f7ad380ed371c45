"""The settings object: complete, and silent about secrets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.pretty import pretty_repr

import prefectkit
from prefectkit.core.security.secrets import Secret
from prefectkit.core.settings import Settings
from prefectkit.core.settings.fields import SETTINGS

LOADED = Settings(
    api_url="https://me:hunter2@prefect.example/api",
    api_key=Secret("pnu_hunter2"),
    api_auth_string=Secret("me:hunter2"),
    client_custom_headers={"X-Token": "hunter2"},
)


@pytest.mark.parametrize("shown", [repr(LOADED), str(LOADED), f"{LOADED}", pretty_repr(LOADED)])
def test_printing_shows_no_secret(shown: str) -> None:
    assert "hunter2" not in shown
    assert "X-Token" in shown
    assert "prefect.example/api" in shown
    assert "api_request_timeout=60.0" in shown


def test_the_table_names_every_setting_once() -> None:
    attributes = [setting.attribute for setting in SETTINGS]
    # Which profile is active is found out, not set.
    assert sorted(attributes) == sorted(set(Settings.__struct_fields__) - {"profile"})


def test_a_setting_has_the_same_name_in_every_source() -> None:
    setting = next(setting for setting in SETTINGS if setting.path == "server.api.default_limit")
    assert setting.attribute == "server_api_default_limit"
    assert setting.variables == ("PREFECT_SERVER_API_DEFAULT_LIMIT", "PREFECT_API_DEFAULT_LIMIT")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        LOADED.api_url = "http://other/api"  # type: ignore[misc]  # what is tested


def test_importing_reads_no_file_and_loads_no_parser() -> None:
    program = (
        "import pathlib, sys\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, arguments: seen.append(str(arguments[0])) if event == 'open' else None)\n"
        "import prefectkit.core.settings as settings\n"
        "assert not [name for name in seen if name.endswith(('.env', '.toml'))], seen\n"
        "settings.load_settings({'PREFECT_HOME': '/nowhere'}, pathlib.Path('/nowhere'))\n"
        "assert not {'dotenv', 'tomllib'} & set(sys.modules)\n"
    )
    root = Path(prefectkit.__file__).parents[1]
    # A measuring of coverage would import what it reads its own settings with.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    subprocess.run([sys.executable, "-c", program], check=True, env={**environ, "PYTHONPATH": str(root)})
