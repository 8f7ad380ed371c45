"""Whether the server's version goes with the SDK: when it is asked, and what follows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import ConfigError, ServerError, TransportError
from prefectkit.core.io import run
from prefectkit.core.versions import release
from prefectkit.plugins.builtin import version_check
from prefectkit.plugins.builtin.version_check import VersionCheck
from prefectkit.plugins.manager import Plugins
from prefectkit.version import SERVER_VERSION
from tests.core.calls import DOWN, operation, options
from tests.fakes import URL, AsyncFakeTransport, Clock, FakeTransport, engine_of, response
from tests.real_server import RealServer

ASKED = "GET /admin/version"
CALLED = "GET /health"


@pytest.fixture(autouse=True)
def _no_server_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version_check, "_checked", set())


def blocking(*answers: Any, url: str = URL) -> tuple[Prefect, FakeTransport]:
    transport = FakeTransport(*answers)
    return Prefect(url, transport=transport, plugins=[VersionCheck()], max_attempts=1), transport


def test_it_is_asked_once_for_each_server(caplog: pytest.LogCaptureFixture) -> None:
    client, transport = blocking(response(SERVER_VERSION), response(True))
    client.health()
    client.health()
    other, again = blocking(response(True))
    other.health()
    elsewhere, first = blocking(response(SERVER_VERSION), response(True), url="http://elsewhere.test/api")
    elsewhere.health()
    assert transport.sent == [ASKED, CALLED, CALLED]
    assert again.sent == [CALLED]
    assert first.sent == [ASKED, CALLED]
    assert caplog.messages == []


@pytest.mark.anyio
async def test_an_async_client_asks_too() -> None:
    transport = AsyncFakeTransport(response("2.20.1"))
    async with AsyncPrefect(URL, transport=transport, plugins=[VersionCheck()]) as client:
        with pytest.raises(ConfigError, match=r"runs Prefect 2\.20\.1"):
            await client.health()
    assert transport.sent == [ASKED]


@pytest.mark.parametrize("version", ["2.20.1", "4.0.0", "10.1"])
def test_another_major_version_is_an_error_each_time(version: str) -> None:
    client, transport = blocking(response(version))
    for _ in range(2):
        with pytest.raises(
            ConfigError, match=rf"^{re.escape(URL)} runs Prefect {re.escape(version)}, .* for Prefect 3"
        ):
            client.health()
    assert transport.sent == [ASKED, ASKED]


def test_an_older_server_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    client, _ = blocking(response("3.4.25"), response(True))
    client.health()
    client.health()
    assert caplog.messages == [f"{URL} runs Prefect 3.4.25, which is older than {SERVER_VERSION} that this SDK is for"]


@pytest.mark.parametrize(
    "said",
    [
        *(
            response(body)
            for body in (SERVER_VERSION, "3.99.0", f"{SERVER_VERSION}rc1", "0+untagged.1.g1", {}, b"<html>", b'"\xff"')
        ),
        response({"detail": "Not Found"}, status=404),
        response(status=401),
    ],
)
def test_what_says_nothing_of_trouble_is_asked_once_and_let_pass(said: Any, caplog: pytest.LogCaptureFixture) -> None:
    client, transport = blocking(said, response(True))
    client.health()
    client.health()
    assert transport.sent == [ASKED, CALLED, CALLED]
    assert caplog.messages == []


def test_a_server_in_trouble_is_asked_again_with_the_next_call() -> None:
    client, transport = blocking(response(status=503), response(status=503), response(SERVER_VERSION), response(True))
    with pytest.raises(ServerError):
        client.health()
    client.health()
    assert transport.sent == [ASKED, CALLED, ASKED, CALLED]


def test_a_version_that_cannot_be_had_is_a_call_that_was_not_sent() -> None:
    transport = FakeTransport(DOWN, response(SERVER_VERSION), response({}))
    plugins = Plugins(environ={})
    plugins.add_own([VersionCheck()])
    run(engine_of(transport, hooks=plugins.compile(), options=options(), clock=Clock()).call(operation(), Any, {}))
    assert transport.sent == [ASKED, ASKED, "GET /flows/"]
    client, _ = blocking(DOWN, url="http://down.test/api")
    with pytest.raises(TransportError):
        client.health()


def test_the_setting_switches_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED", "false")
    client, transport = blocking(response(True))
    client.health()
    assert transport.sent == [CALLED]


def test_cloud_is_not_asked() -> None:
    client, transport = blocking(response(True), url="https://api.prefect.cloud/api/accounts/1/workspaces/2")
    client.health()
    assert transport.sent == [CALLED]


def test_who_asks_for_the_version_asks_once() -> None:
    client, transport = blocking(response("2.20.1"))
    assert client.version() == "2.20.1"
    assert transport.sent == [ASKED]


def test_the_real_server_goes_with_the_sdk(server: RealServer, caplog: pytest.LogCaptureFixture) -> None:
    with Prefect(server.url, plugins=[VersionCheck()]) as client:
        assert client.health() is True
        expected = release(client.version()) < release(SERVER_VERSION)
    assert bool(caplog.messages) is expected
    assert server.url in version_check._checked


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("3.8.8", (3, 8, 8)),
        ("3.8.8.dev1+4.gabc", (3, 8, 8)),
        ("3.4rc1", (3, 4, 0)),
        ("v3", (3, 0, 0)),
        (" 3.10.2\n", (3, 10, 2)),
        ("0+untagged.1.g1", (0, 0, 0)),
        ("", (0, 0, 0)),
        ("unknown", (0, 0, 0)),
    ],
)
def test_the_release_of_a_version(version: str, numbers: tuple[int, int, int]) -> None:
    assert release(version) == numbers
