"""While Prefect is loaded, flat clients ask the server of its settings context, with its keys, times and headers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import anyio
import httpx
import prefect.context
import pytest
from prefect.settings import temporary_settings

from prefectkit import Prefect
from prefectkit.compat import SyncClientContext, get_client, get_cloud_client, settings
from prefectkit.compat.contexts import separate_client
from prefectkit.errors import ConfigError
from tests.compat.flat_clients import KINDS, use
from tests.real_server import put_database

ROOT = "http://root.test/api"
INSIDE = "http://inside.test/api"
OWN = "http://own.test/api"

FLOW = """
from prefect import flow
from prefect.client.orchestration import get_client as official
from prefect.testing.utilities import prefect_test_harness
from prefectkit.compat import get_client

def same():
    with get_client(sync_client=True) as ours, official(sync_client=True) as theirs:
        assert ours.api_url == theirs.api_url, (ours.api_url, theirs.api_url)
        assert str(ours.server_type) == str(theirs.server_type)
        return ours.api_url, [found.name for found in ours.read_flows()]

@flow
def etl():
    assert same()[1] == ["etl"]

first, names = same()
assert names == []
etl()
with prefect_test_harness(240):
    inside, names = same()
    assert inside != first and names == []
    etl()
assert same() == (first, ["etl"])
"""


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that imported Prefect where the environment named `ROOT`, and that then changed it."""
    monkeypatch.setattr("prefectkit.transports.embedded.app.settings_are_copied", False)
    with temporary_settings({"api.url": ROOT}) as changed:
        context = prefect.context.get_settings_context().model_copy(update={"settings": changed})
    monkeypatch.setattr(prefect.context, "GLOBAL_SETTINGS_CONTEXT", context)
    monkeypatch.setenv("PREFECT_API_URL", OWN)


def asked() -> str:
    return str(get_client(sync_client=True).api_url).rstrip("/")


@pytest.mark.usefixtures("root")
def test_the_context_decides_and_not_what_the_environment_says_now() -> None:
    assert asked() == ROOT == settings.PREFECT_API_URL.value()
    with temporary_settings({"api.url": INSIDE}):
        assert asked() == str(separate_client().api_url).rstrip("/") == INSIDE
        assert str(get_client().api_url) == f"{INSIDE}/"
        with temporary_settings({"api.key": "k"}):
            assert asked() == INSIDE
        seen: list[str] = []
        thread = Thread(target=lambda: seen.append(asked()))
        thread.start()
        thread.join()
        assert seen == [ROOT]  # a thread has no context of its own
        with Prefect() as native:
            assert native.api_url == OWN
    assert asked() == ROOT


@pytest.mark.usefixtures("root")
def test_the_innermost_of_this_package_is_stronger() -> None:
    with settings.temporary_settings({"api.url": OWN}), temporary_settings({"api.url": INSIDE, "api.key": "k"}):
        assert asked() == OWN
        assert settings.PREFECT_API_KEY.value() == "k"
    with temporary_settings({"api.url": INSIDE}), settings.temporary_settings(set_defaults={"api.url": OWN}):
        assert asked() == INSIDE


@pytest.mark.usefixtures("root")
def test_a_profile_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PREFECT_API_URL")
    profile = prefect.settings.Profile(name="mine", settings={prefect.settings.PREFECT_API_URL: INSIDE})
    with prefect.context.use_profile(profile, include_current_context=False):
        assert asked() == INSIDE
        assert settings.get_current_settings().profile == "mine"


def test_a_copy_of_the_environment_does_not_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", OWN)
    assert asked() == OWN
    with temporary_settings({"api.url": INSIDE}):
        assert asked() == INSIDE


def test_without_a_url_in_the_context_there_is_no_server() -> None:
    with (
        temporary_settings({"server.ephemeral.enabled": False}, restore_defaults=["api.url"]),
        pytest.raises(ValueError, match=r"^No Prefect API URL provided"),
    ):
        get_client()


def test_everything_that_clients_read_is_of_the_context() -> None:
    updates = {
        "api.auth_string": "u:p",
        "api.enable_http2": True,
        "api.request_timeout": 4.5,
        "api.ssl_cert_file": "ca.pem",
        "api.tls_insecure_skip_verify": True,
        "client.csrf_support_enabled": False,
        "client.custom_headers": {"x-team": "data"},
        "client.max_retries": 2,
        "client.retry_extra_codes": {404, 429},
        "cloud.api_url": "https://cloud.test/api",
        "home": "/somewhere",
        "server.ephemeral.enabled": True,
    }
    with temporary_settings(updates):
        found = settings.get_current_settings()
        assert found.api_auth_string is not None
        assert found.api_auth_string.reveal() == "u:p"
        assert (found.api_enable_http2, found.api_request_timeout, found.api_ssl_cert_file) == (True, 4.5, "ca.pem")
        assert (found.api_tls_insecure_skip_verify, found.client_csrf_support_enabled) == (True, False)
        assert found.client_custom_headers == {"x-team": "data"}
        assert (found.client_max_retries, found.client_retry_extra_codes) == (2, {404, 429})
        assert (found.home, found.server_ephemeral_enabled) == (Path("/somewhere"), True)
        assert str(get_cloud_client(api_key="k")._native.api_url) == "https://cloud.test/api"


def test_what_the_context_does_not_set_has_the_default_of_this_package() -> None:
    fresh = prefect.settings.Settings()
    # As if SSL_CERT_FILE had named it when Prefect was imported.
    vars(fresh.api)["ssl_cert_file"] = "/of/the/system.pem"
    with prefect.context.SettingsContext(profile=prefect.settings.Profile(name="fresh"), settings=fresh):
        found = settings.get_current_settings()
    assert found.client_max_retries is None
    assert found.api_ssl_cert_file == "/of/the/system.pem"


def test_a_refused_value_is_reported_with_its_source() -> None:
    with (
        temporary_settings({"api.request_timeout": -1}),
        pytest.raises(ConfigError, match=r"PREFECT_API_REQUEST_TIMEOUT .* is -1.0 in the settings of Prefect"),
    ):
        get_client()


@pytest.mark.parametrize("kind", KINDS)
def test_the_keys_headers_and_retries_of_the_context_are_sent(kind: str) -> None:
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(418 if len(seen) < 2 else 200, json="hi")

    updates = {"api.url": INSIDE, "api.key": "k", "client.custom_headers": {"x-team": "data"}}
    with temporary_settings(updates | {"client.retry_extra_codes": {418}}):
        api_key = settings.PREFECT_API_KEY.value()
        use(kind, respond, lambda client: client.hello(), api_key=api_key)
        with get_client({"transport": httpx.MockTransport(respond)}, sync_client=True) as client:
            client.hello()
    assert [request.headers["authorization"] for request in seen] == ["Bearer k"] * 3
    assert [request.headers["x-team"] for request in seen] == ["data"] * 3
    assert seen[-1].url.host == "inside.test"


def test_a_client_of_a_context_keeps_its_server() -> None:
    with (
        temporary_settings({"api.url": OWN, "client.server_version_check_enabled": False}),
        SyncClientContext() as context,
        temporary_settings({"api.url": INSIDE}),
    ):
        assert get_client(sync_client=True) is context.client
        assert str(context.client.api_url) == f"{OWN}/"


def test_tasks_have_the_server_of_their_own_context() -> None:
    found: dict[str, str] = {}

    async def ask(url: str) -> None:
        with temporary_settings({"api.url": url}):
            await anyio.lowlevel.checkpoint()
            found[url] = asked()

    async def main() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(ask, INSIDE)
            group.start_soon(ask, OWN)

    anyio.run(main)
    assert found == {INSIDE: INSIDE, OWN: OWN}


def test_a_half_imported_prefect_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", OWN)
    monkeypatch.setitem(sys.modules, "prefect.context", type(sys)("prefect.context"))
    assert asked() == OWN


@pytest.mark.server
def test_a_flow_and_the_test_harness_of_prefect_have_the_same_server_as_clients(tmp_path: Path) -> None:
    put_database(tmp_path / "prefect")
    run = subprocess.run(
        [sys.executable, "-c", FLOW],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=tmp_path,
        env={
            **os.environ,
            "PREFECT_HOME": str(tmp_path / "prefect"),
            "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "240",
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
    )
    assert run.returncode == 0, run.stderr
