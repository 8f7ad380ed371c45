"""Each place that settings come from, and what is said when something there is wrong."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from prefectkit.core.errors import ConfigError
from prefectkit.core.settings import load_settings
from tests.core.settings.places import Place


def test_without_any_configuration_the_defaults_hold(place: Place) -> None:
    settings = place.load()
    assert (settings.api_url, settings.api_key, settings.client_max_retries) == (None, None, None)
    assert settings.api_request_timeout == 60.0
    assert settings.client_custom_headers == {}
    assert settings.cloud_api_url == "https://api.prefect.cloud/api"


def test_the_process_is_what_is_read_if_nothing_is_given(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write("prefect.toml", "api.key = 'pnu_here'")
    monkeypatch.chdir(place.cwd)
    monkeypatch.setenv("PREFECT_HOME", str(place.home))
    monkeypatch.setenv("PREFECT_API_URL", "http://process/api")
    settings = load_settings()
    assert settings.api_url == "http://process/api"
    assert settings.api_key is not None
    assert settings.api_key.reveal() == "pnu_here"


def test_a_working_directory_that_is_gone_has_no_files(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.cwd)
    place.cwd.rmdir()
    assert load_settings({"PREFECT_HOME": str(place.home)}).api_url is None


def test_only_the_working_directory_is_searched(place: Place) -> None:
    for name in (".env", "prefect.toml", "pyproject.toml"):
        (place.cwd.parent / name).write_text("PREFECT_API_URL=http://above/api" if name == ".env" else "[api]\nurl='x'")
    assert place.load().api_url is None


def test_names_count_without_regard_to_case(place: Place) -> None:
    place.write(".env", "Prefect_Api_Key=pnu_file")
    settings = place.load({"prefect_api_url": "http://lower/api"})
    assert settings.api_url == "http://lower/api"
    assert settings.api_key


def test_names_without_the_prefix_are_not_prefects(place: Place) -> None:
    place.write(".env", "URL=http://file/api\nAPI_URL=x\napi.url=x")
    place.write("prefect.toml", "PREFECT_API_URL = 'x'\nprefect_api_url = 'x'")
    settings = place.load({"url": "x", "API_URL": "x", "api.url": "x", "HOME": "x"})
    assert settings.api_url is None
    assert settings.home == place.home


def test_an_empty_text_is_a_value(place: Place) -> None:
    place.write("prefect.toml", "[api]\nurl = 'http://file/api'\nkey = 'pnu_file'\n[client]\nretry_extra_codes = 404")
    settings = place.load({"PREFECT_API_URL": "", "PREFECT_API_KEY": "", "PREFECT_CLIENT_RETRY_EXTRA_CODES": ""})
    assert settings.api_url == ""
    assert settings.api_key is not None
    assert settings.api_key.reveal() == ""
    assert settings.client_retry_extra_codes == frozenset()


@pytest.mark.parametrize(
    ("alias", "name", "attribute"),
    [
        ("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "PREFECT_SERVER_EPHEMERAL_ENABLED", "server_ephemeral_enabled"),
        ("PREFECT_CLIENT_ENABLE_METRICS", "PREFECT_CLIENT_METRICS_ENABLED", "client_metrics_enabled"),
    ],
)
def test_an_older_name_counts_where_the_proper_one_is_absent(
    place: Place, alias: str, name: str, attribute: str
) -> None:
    assert getattr(place.load({alias: "true"}), attribute) is True
    assert getattr(place.load({alias: "true", name: "false"}), attribute) is False
    place.write(".env", f"{name}=false")
    assert getattr(place.load({alias: "true"}), attribute) is True


def test_the_older_name_of_the_limit(place: Place) -> None:
    assert place.load({"PREFECT_API_DEFAULT_LIMIT": "50"}).server_api_default_limit == 50


def test_the_certificates_of_the_system_are_the_weakest_source(place: Place) -> None:
    assert place.load({"SSL_CERT_FILE": "/system.pem"}).api_ssl_cert_file == "/system.pem"
    place.write_profiles("active = 'a'\n[profiles.a]\nPREFECT_API_SSL_CERT_FILE = '/profile.pem'")
    assert place.load({"SSL_CERT_FILE": "/system.pem"}).api_ssl_cert_file == "/profile.pem"


def test_dotenv_fills_in_variables(place: Place) -> None:
    place.write(
        ".env",
        "HOST=file\nPREFECT_API_URL=http://${HOST}:${PORT}/${ROOT:-api}\n"
        "PREFECT_API_SSL_CERT_FILE\nPREFECT_CLOUD_API_URL='${HOST}'\nexport PREFECT_API_AUTH_STRING=a:$HOST # b",
    )
    settings = place.load({"HOST": "environment", "PORT": "4200", "SSL_CERT_FILE": "/system.pem"})
    assert settings.api_url == "http://file:4200/api"
    assert settings.cloud_api_url == "file"
    assert settings.api_ssl_cert_file == "/system.pem", "a name without a value sets nothing"
    assert settings.api_auth_string is not None
    assert settings.api_auth_string.reveal() == "a:$HOST"


def test_dotenv_may_be_a_pipe(place: Place) -> None:
    pipe = place.cwd / ".env"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("PREFECT_API_URL=http://pipe/api",))
    writer.start()
    assert place.load().api_url == "http://pipe/api"
    writer.join()


def test_a_directory_called_dotenv_is_a_virtual_environment(place: Place) -> None:
    (place.cwd / ".env").mkdir()
    assert place.load().api_url is None


def test_a_binary_dotenv_file_is_refused(place: Place) -> None:
    path = place.cwd / ".env"
    path.write_bytes(b"PREFECT_API_URL=\xff")
    with pytest.raises(ConfigError) as refused:
        place.load()
    assert str(path) in str(refused.value)


def test_toml_tables_and_dotted_keys_are_the_same(place: Place) -> None:
    place.write("prefect.toml", "[client]\nmax_retries = 3\nmetrics.port = 9000\n[client.custom_headers]\nX-A = '1'")
    settings = place.load()
    assert (settings.client_max_retries, settings.client_metrics_port) == (3, 9000)
    assert settings.client_custom_headers == {"X-A": "1"}


def test_pyproject_has_a_table_of_its_own(place: Place) -> None:
    place.write("pyproject.toml", "[project]\nname = 'x'\n[tool.prefect.api]\nurl = 'http://project/api'")
    assert place.load().api_url == "http://project/api"
    place.write("pyproject.toml", "[api]\nurl = 'http://project/api'")
    assert place.load().api_url is None


@pytest.mark.parametrize("name", ["prefect.toml", "pyproject.toml"])
@pytest.mark.parametrize("content", [b"[api", b"a = '\xff'"])
def test_a_damaged_toml_file_is_refused(place: Place, name: str, content: bytes) -> None:
    path = place.cwd / name
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        place.load()
    assert f"{path} cannot be read as TOML" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("prefect.toml", "[client]\nmetrics = 's3cret'", "client.metrics"),
        ("pyproject.toml", "[tool]\nprefect = 's3cret'", "tool.prefect"),
    ],
)
def test_what_must_be_a_table_is_refused_otherwise(place: Place, name: str, content: str, key: str) -> None:
    path = place.write(name, content)
    with pytest.raises(ConfigError) as refused:
        place.load()
    assert f"{key} in {path} must be a table, not str" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def place_value(place: Place, where: str) -> dict[str, str]:
    """A number of retries that is none, in one place; the environment to load with."""
    if where == "the environment":
        return {"PREFECT_CLIENT_MAX_RETRIES": "lots"}
    if where.endswith(".env"):
        place.write(".env", "PREFECT_CLIENT_MAX_RETRIES=lots")
    elif where.endswith("toml"):
        place.write("prefect.toml", "client.max_retries = 'lots'")
    else:
        place.write_profiles("active = 'prod'\n[profiles.prod]\nPREFECT_CLIENT_MAX_RETRIES = 'lots'")
    return {}


@pytest.mark.parametrize(
    "where", ["the environment", "{cwd}/.env", "{cwd}/prefect.toml", "profile 'prod' of {profiles}"]
)
def test_a_wrong_value_is_named_with_its_place(place: Place, where: str) -> None:
    environ = place_value(place, where)
    with pytest.raises(ConfigError) as refused:
        place.load(environ)
    origin = where.format(cwd=place.cwd, profiles=place.home / "profiles.toml")
    assert str(refused.value) == (
        f"PREFECT_CLIENT_MAX_RETRIES (client.max_retries in TOML) is 'lots' in {origin}: "
        "it must be a whole number of at least 0. Correct it there, or take it out"
    )


def test_a_wrong_value_that_is_overruled_does_no_harm(place: Place) -> None:
    place_value(place, "prefect.toml")
    assert place.load({"PREFECT_CLIENT_MAX_RETRIES": "1"}).client_max_retries == 1


def test_a_wrong_value_is_named_as_it_was_written(place: Place) -> None:
    with pytest.raises(ConfigError, match=r"^PREFECT_CLIENT_ENABLE_METRICS .* is 'perhaps' in the environment"):
        place.load({"prefect_client_enable_metrics": "perhaps"})


@pytest.mark.parametrize(
    "content",
    [
        "api.key = 12345",
        "api.auth_string = [12345]",
        "client.custom_headers = '{\"X-Token\": 12345}'",
        "client.custom_headers = {X-Token = 12345}",
    ],
)
def test_a_wrong_secret_is_not_shown(place: Place, content: str) -> None:
    path = place.write("prefect.toml", content)
    with pytest.raises(ConfigError) as refused:
        place.load()
    assert "12345" not in str(refused.value)
    assert f"is wrong in {path}: it must be" in str(refused.value)


def test_home_begins_at_the_users(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/users/me")
    assert load_settings({}, place.cwd).home == Path("/users/me/.prefect")
    assert place.load({"PREFECT_HOME": "~/p"}).home == Path("/users/me/p")
