"""Which profile is active, where it is read, and what happens when it is not there."""

from __future__ import annotations

import sys

import pytest

from prefectkit.core.errors import ConfigError
from prefectkit.core.settings import load_settings
from prefectkit.core.settings.fields import SETTINGS
from prefectkit.core.settings.misspelt import misspelt_api_url
from tests.core.settings.places import Place

TWO = "active = 'one'\n[profiles.one]\nPREFECT_API_URL = 'http://one/api'\n[profiles.two]\nPREFECT_API_URL = 'http://two/api'"


def test_the_file_says_which_profile_is_active(place: Place) -> None:
    path = place.write_profiles(TWO)
    settings = place.load()
    assert (settings.profile, settings.api_url, settings.profiles_path) == ("one", "http://one/api", path)


def test_the_environment_chooses_another(place: Place) -> None:
    place.write_profiles(TWO)
    settings = place.load({"PREFECT_PROFILE": "two"})
    assert (settings.profile, settings.api_url) == ("two", "http://two/api")
    assert place.load({"PREFECT_PROFILE": ""}).profile == "one"


def test_prefects_own_command_line_chooses_before_the_environment(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write_profiles(TWO)
    monkeypatch.setattr(sys, "argv", ["/usr/bin/prefect", "--profile", "two", "deploy"])
    assert place.load({"PREFECT_PROFILE": "one"}).profile == "two"


@pytest.mark.parametrize("line", ["", "/bin/prefect --profile", "/bin/other --profile two", "/bin/prefect version two"])
def test_another_command_line_chooses_nothing(place: Place, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    place.write_profiles(TWO)
    monkeypatch.setattr(sys, "argv", line.split())
    assert place.load().profile == "one"


def test_without_a_file_the_built_in_profile_turns_the_ephemeral_server_on(place: Place) -> None:
    settings = place.load()
    assert (settings.profile, settings.server_ephemeral_enabled, settings.api_url) == ("ephemeral", True, None)
    assert settings.profiles_path == place.home / "profiles.toml"


def test_without_a_file_the_other_built_in_profiles_go_by_name(place: Place) -> None:
    assert place.load({"PREFECT_PROFILE": "local"}).api_url == "http://127.0.0.1:4200/api"
    settings = place.load({"PREFECT_PROFILE": "cloud"})
    assert (settings.profile, settings.server_ephemeral_enabled) == ("cloud", None)


@pytest.mark.parametrize("content", ["", "active = 'ephemeral'\n[profiles.mine]", "active = ''\n[profiles.mine]"])
def test_the_built_in_profile_is_the_default(place: Place, content: str) -> None:
    place.write_profiles(content)
    settings = place.load()
    assert (settings.profile, settings.server_ephemeral_enabled) == ("ephemeral", True)


def test_a_profile_of_ones_own_does_not_turn_the_ephemeral_server_on(place: Place) -> None:
    place.write_profiles(TWO)
    assert place.load().server_ephemeral_enabled is None


def test_an_unknown_profile_is_refused_with_those_there_are(place: Place) -> None:
    path = place.write_profiles(TWO)
    with pytest.raises(ConfigError) as refused:
        place.load({"PREFECT_PROFILE": "three"})
    assert str(refused.value) == (
        f"profile 'three' not found in {path} (profiles there are: one, two). "
        "It was chosen by PREFECT_PROFILE in the environment: name another one there, or add this one to the file"
    )


def test_an_unknown_active_profile_is_refused(place: Place) -> None:
    path = place.write_profiles("active = 'gone'")
    with pytest.raises(ConfigError, match=r"there are: none.*'active' in that file") as refused:
        place.load()
    assert f"profile 'gone' not found in {path}" in str(refused.value)


def test_an_unknown_profile_without_a_file_is_refused(place: Place) -> None:
    with pytest.raises(ConfigError, match="no such file, and the built-in profiles are: cloud, ephemeral, local, test"):
        place.load({"PREFECT_PROFILE": "three"})


def test_the_official_fallback_can_be_had(place: Place) -> None:
    place.write_profiles(TWO)
    settings = place.load({"PREFECT_PROFILE": "three"}, strict=False)
    assert (settings.profile, settings.server_ephemeral_enabled, settings.api_url) == ("ephemeral", True, None)


@pytest.mark.parametrize("content", ["active = ", "profiles = 5", "active = 'one'\nprofiles.one = 'x'"])
def test_a_damaged_file_is_refused_or_warned_of(place: Place, content: str) -> None:
    path = place.write_profiles(content)
    with pytest.raises(ConfigError) as refused:
        place.load()
    assert str(path) in str(refused.value)
    with pytest.warns(UserWarning, match="No profile is used: ") as warned:
        settings = place.load(strict=False)
    assert str(path) in str(warned[0].message)
    assert (settings.profile, settings.server_ephemeral_enabled) == (None, None)


@pytest.mark.parametrize("flag", ["TEST_MODE", "UNIT_TEST_MODE", "TESTING_TEST_MODE", "TESTING_UNIT_TEST_MODE"])
def test_flags_of_a_test_run_leave_profiles_out(place: Place, flag: str) -> None:
    place.write_profiles("damaged")
    # Any text counts, as it does for the official client.
    settings = place.load({f"PREFECT_{flag}": "0", "PREFECT_PROFILE": "three"})
    assert (settings.profile, settings.server_ephemeral_enabled) == (None, None)


def test_a_setting_in_a_profile_may_have_either_name(place: Place) -> None:
    place.write_profiles("active = 'a'\n[profiles.a]\nPREFECT_SERVER_ALLOW_EPHEMERAL_MODE = 'false'")
    assert place.load().server_ephemeral_enabled is False


def test_custom_headers_in_a_profile_may_be_a_table(place: Place) -> None:
    place.write_profiles("active = 'a'\n[profiles.a.PREFECT_CLIENT_CUSTOM_HEADERS]\nX-A = '1'")
    assert place.load().client_custom_headers == {"X-A": "1"}


@pytest.mark.parametrize("where", ["environ", ".env", "prefect.toml", "pyproject.toml"])
def test_the_file_may_be_elsewhere(place: Place, where: str) -> None:
    place.write_profiles(TWO)
    path = place.write("own.toml", "active = 'own'\n[profiles.own]\nPREFECT_API_URL = 'http://own/api'")
    if where == ".env":
        place.write(where, f"PREFECT_PROFILES_PATH={path}")
    elif where != "environ":
        place.write(where, f"{'tool.prefect.' if 'project' in where else ''}profiles_path = '{path}'")
    settings = place.load({"PREFECT_PROFILES_PATH": str(path)} if where == "environ" else {})
    assert (settings.profile, settings.profiles_path) == ("own", path)


def test_the_path_to_the_file_is_taken_from_the_strongest_place_that_is_not_empty(place: Place) -> None:
    place.write(".env", "PREFECT_PROFILES_PATH=env.toml")
    place.write("prefect.toml", "profiles_path = 'toml.toml'")
    assert place.load({"PREFECT_PROFILES_PATH": ""}).profiles_path == place.cwd / "env.toml"


@pytest.mark.parametrize(
    ("given", "expected"),
    [("a.toml", "{cwd}/a.toml"), ("~/a.toml", "{user}/a.toml"), ("$PREFECT_HOME/a.toml", "{home}/a.toml")],
)
def test_the_path_to_the_file_is_completed(place: Place, given: str, expected: str) -> None:
    settings = place.load({"PREFECT_PROFILES_PATH": given})
    expected = expected.format(cwd=place.cwd, user=place.cwd.parent / "user", home=place.home)
    assert str(settings.profiles_path) == expected


@pytest.mark.parametrize("path", ["x" * 5000, "a\0b"], ids=["long", "nul"])
def test_a_path_that_no_file_can_have_is_a_file_that_is_not_there(place: Place, path: str) -> None:
    assert place.load({"PREFECT_PROFILES_PATH": path}).profile == "ephemeral"


def test_the_users_home_is_where_profiles_are_looked_for_last(place: Place) -> None:
    path = place.cwd.parent / "user" / ".prefect" / "profiles.toml"
    path.parent.mkdir(parents=True)
    path.write_text(TWO)
    assert load_settings({}, place.cwd).profiles_path == path
    assert load_settings({"PREFECT_HOME": ""}, place.cwd).profile == "one"


@pytest.mark.parametrize("strict", [True, False])
def test_profiles_that_may_be_there_and_cannot_be_reached_are_an_error(place: Place, strict: bool) -> None:
    (place.home / "profiles.toml").symlink_to("profiles.toml")
    with pytest.raises(ConfigError, match=r"the profiles in .*profiles.toml cannot be read: .*PREFECT_HOME"):
        load_settings({"PREFECT_HOME": str(place.home)}, place.cwd, strict_profile=strict)
    a_file = place.write("home", "")
    with pytest.raises(ConfigError, match="cannot be read: Not a directory"):
        load_settings({"PREFECT_HOME": str(a_file)}, place.cwd, strict_profile=strict)


def test_a_home_that_is_not_there_has_no_profiles(place: Place) -> None:
    assert load_settings({"PREFECT_HOME": str(place.home / "new")}, place.cwd).profile == "ephemeral"


@pytest.mark.parametrize(
    "name",
    ["PREFECT_API_ULR", "PREFECT_API_URI", "PREFECT_URL", "PREFECT_APIURL", "PREFCT_API_URL", "prefect_api_ulr"],
)
def test_what_is_close_to_the_api_url_is_named(name: str) -> None:
    said = f" ({name} is set, and is no setting: PREFECT_API_URL is meant?)"
    assert misspelt_api_url([name, "HOME", "PREFECT_API_KEY"]) == said


def test_what_is_a_setting_or_far_from_it_is_not_named() -> None:
    settings = [variable for setting in SETTINGS for variable in setting.variables]
    theirs = ["PREFECT_UI_API_URL", "PREFECT_UI_URL", "PREFECT_CLOUD_UI_URL", "PREFECT_API_DATABASE_CONNECTION_URL"]
    assert misspelt_api_url([*settings, *theirs, "DATABASE_URL", "prefect_api_url"]) == ""
