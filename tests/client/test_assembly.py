"""From settings and arguments to the parts of a client, and what makes no sense."""

from __future__ import annotations

import sys
from typing import Any

import httpx
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.assembly import (
    EMBEDDED,
    IN_PROCESS,
    Server,
    built_in_plugins,
    changed,
    choose_server,
    choose_transport,
    options_of,
    timeout_of,
)
from prefectkit.core.errors import ConfigError, InvalidParameterError
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetryPolicy
from prefectkit.core.security.secrets import Secret
from prefectkit.core.settings import Settings
from prefectkit.transports.asgi import ASGITransport, AsyncASGITransport
from prefectkit.transports.http import AsyncHTTPTransport, HTTPTransport
from tests.fakes import AsyncFakeTransport, FakeTransport

URL = "http://127.0.0.1:4200/api"


async def app(scope: Any, receive: Any, send: Any) -> None: ...


# The server


@pytest.mark.parametrize(
    ("api", "settings", "server"),
    [
        (URL, Settings(), Server(URL)),
        (f"{URL}/", Settings(api_url="http://other/api"), Server(URL)),
        (None, Settings(api_url=URL), Server(URL)),
        (app, Settings(api_url=URL), Server(IN_PROCESS, app=app)),
        (None, Settings(), Server(IN_PROCESS, app=EMBEDDED)),
        (None, Settings(server_ephemeral_enabled=True), Server(IN_PROCESS, app=EMBEDDED)),
        (
            "https://api.prefect.cloud/api/accounts/a/workspaces/w",
            Settings(),
            Server("https://api.prefect.cloud/api/accounts/a/workspaces/w", is_cloud=True),
        ),
        (
            "https://cloud.test/api/x",
            Settings(cloud_api_url="https://cloud.test/api/"),
            Server("https://cloud.test/api/x", is_cloud=True),
        ),
        ("https://api.prefect.cloud.evil.test/api", Settings(), Server("https://api.prefect.cloud.evil.test/api")),
        ("https://api.prefect.cloud/apis", Settings(), Server("https://api.prefect.cloud/apis")),
        (
            "https://host.test/oss/api",
            Settings(cloud_api_url="https://host.test/cloud/api"),
            Server("https://host.test/oss/api"),
        ),
        ("http://api.prefect.cloud/api", Settings(), Server("http://api.prefect.cloud/api")),
    ],
)
def test_the_server_is_the_given_one_else_the_configured_one_else_the_embedded_one(
    api: Any, settings: Settings, server: Server
) -> None:
    assert choose_server(api, settings, has_transport=False) == server


@pytest.mark.parametrize("settings", [Settings(), Settings(api_url=""), Settings(server_ephemeral_enabled=False)])
def test_with_a_transport_of_its_own_a_client_needs_no_server(settings: Settings) -> None:
    assert choose_server(None, settings, has_transport=True) == Server(IN_PROCESS)


@pytest.mark.parametrize(
    ("api", "settings", "message"),
    [
        (None, Settings(api_url=""), "PREFECT_API_URL is set and empty: .* or unset it"),
        (None, Settings(server_ephemeral_enabled=False), "no API URL is configured.*pass api=.*PREFECT_API_URL"),
        ("", Settings(), "the API URL is empty: write something like"),
        ("127.0.0.1:4200/api", Settings(), "write 'http://127.0.0.1:4200/api'"),
        (None, Settings(api_url="ftp://host/api"), "use http://, https://"),
        (7, Settings(), "api must be a URL or an ASGI app, got int"),
        (b"http://host/api", Settings(), "api must be a URL or an ASGI app, got bytes"),
    ],
)
def test_a_server_that_makes_no_sense_is_an_error_with_the_way_out(api: Any, settings: Settings, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        choose_server(api, settings, has_transport=False)


# The transport


def test_the_transport_is_that_of_the_server() -> None:
    http, own = Server(URL), Server(IN_PROCESS, app=app)
    assert isinstance(choose_transport(True, http, Settings(), None, None), HTTPTransport)
    assert isinstance(choose_transport(False, http, Settings(), None, {"verify": False}), AsyncHTTPTransport)
    assert isinstance(choose_transport(True, own, Settings(), None, None), ASGITransport)
    assert isinstance(choose_transport(False, own, Settings(), None, {}), AsyncASGITransport)


@pytest.mark.parametrize("sync", [True, False])
def test_the_embedded_server_has_its_transport(sync: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    embedded = FakeTransport() if sync else AsyncFakeTransport()
    monkeypatch.setattr(
        "prefectkit.transports.embedded.embedded_transport", lambda **arguments: asked.append(arguments) or embedded
    )
    settings = Settings(server_ephemeral_startup_timeout_seconds=7)
    server = choose_server(None, Settings(api_url=URL), has_transport=False, embedded=True)
    for name in (None, "embedded"):
        assert choose_transport(sync, server, settings, name, None) is embedded
    assert asked == [{"sync": sync, "startup_timeout": 7}] * 2


def test_the_embedded_server_has_no_url() -> None:
    with pytest.raises(ConfigError, match="the embedded server is in this process and has no URL: leave api out"):
        Prefect(URL, transport="embedded")


@pytest.mark.parametrize(
    ("server", "name", "kind"),
    [(Server(URL), "http", HTTPTransport), (Server(IN_PROCESS, app=app), "asgi", ASGITransport)],
)
def test_a_transport_is_chosen_by_name(server: Server, name: str, kind: type) -> None:
    assert isinstance(choose_transport(True, server, Settings(), name, None), kind)


@pytest.mark.parametrize(
    ("server", "name", "message"),
    [
        (Server(URL), "htp", r"no transport is called 'htp': there are .*'asgi', 'embedded', .*'http'"),
        (Server(URL), "http://", "no transport is called 'http://'"),
        (Server(URL), "asgi", "transport 'asgi' needs an ASGI app: pass it as api"),
        (Server(IN_PROCESS, app=app), "http", "transport 'http' speaks to a URL, and api is an app"),
        (Server(IN_PROCESS, app=EMBEDDED), "http", "no API URL is configured, for transport 'http' to reach"),
    ],
)
def test_a_name_that_does_not_go_with_the_server_is_refused(server: Server, name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        choose_transport(True, server, Settings(), name, None)


def test_a_transport_object_is_used_unchanged() -> None:
    sync, asynchronous = FakeTransport(), AsyncFakeTransport()
    assert choose_transport(True, Server(URL), Settings(), sync, None) is sync
    assert choose_transport(False, Server(URL), Settings(), asynchronous, None) is asynchronous


class Around:
    """A transport around another: its class is a function of a transport, too."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def send(self, request: Any) -> Any:
        return self.inner.send(request)

    def close(self) -> None:
        self.inner.close()


@pytest.mark.parametrize("wrapper", [Around, lambda inner: Around(inner)])
def test_a_function_is_given_the_transport_and_returns_the_one_to_use(wrapper: Any) -> None:
    transport = choose_transport(True, Server(URL), Settings(), wrapper, None)
    assert isinstance(transport, Around)
    assert isinstance(transport.inner, HTTPTransport)


def test_a_class_of_transports_needs_a_server_to_stand_around() -> None:
    with pytest.raises(ConfigError, match="PREFECT_API_URL is set and empty"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_API_URL", "")
        Prefect(transport=Around)


@pytest.mark.parametrize(
    ("sync", "given", "message"),
    [
        (True, AsyncFakeTransport(), "Prefect needs a transport with send and close, and AsyncFakeTransport has not"),
        (False, FakeTransport(), "AsyncPrefect needs a transport with send and aclose, and FakeTransport has not both"),
        (True, lambda inner: None, "Prefect needs a transport with send and close, and NoneType has not both"),
        (False, lambda inner: FakeTransport(), "AsyncPrefect needs a transport with send and aclose"),
        (True, 7, "transport must be a name, have a method send, or be a function of a transport, got 7"),
    ],
)
def test_a_transport_of_the_wrong_kind_is_refused(sync: bool, given: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        choose_transport(sync, Server(URL), Settings(), given, None)


@pytest.mark.parametrize(("server", "given"), [(Server(IN_PROCESS, app=app), None), (Server(URL), FakeTransport())])
def test_httpx_settings_without_effect_are_an_error(server: Server, given: Any) -> None:
    with pytest.raises(ConfigError, match=r"httpx_settings \['proxy', 'verify'\] have no effect"):
        choose_transport(True, server, Settings(), given, {"verify": False, "proxy": None})


# The plugins


def names(settings: Settings, *, cloud: bool = False, **credentials: str | None) -> list[str]:
    given = {"api_key": None, "auth_string": None, **credentials}
    return [name for name, _ in built_in_plugins(settings, Server(URL, is_cloud=cloud), **given)]


@pytest.mark.parametrize(
    ("settings", "options", "expected"),
    [
        (Settings(), {}, ["csrf", "headers", "request_ids"]),
        (Settings(client_csrf_support_enabled=False), {}, ["headers", "request_ids"]),
        (Settings(), {"cloud": True}, ["headers", "request_ids"]),
        (Settings(), {"api_key": "k"}, ["csrf", "auth", "headers", "request_ids"]),
        (Settings(), {"auth_string": "a:b"}, ["csrf", "auth", "headers", "request_ids"]),
        (Settings(api_key=Secret("k")), {}, ["csrf", "auth", "headers", "request_ids"]),
        (Settings(api_auth_string=Secret("a:b")), {}, ["csrf", "auth", "headers", "request_ids"]),
        (Settings(api_key=Secret("k")), {"api_key": ""}, ["csrf", "headers", "request_ids"]),
    ],
)
def test_the_built_in_plugins_are_those_that_the_settings_ask_for(
    settings: Settings, options: Any, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "opentelemetry.trace", raising=False)
    monkeypatch.delitem(sys.modules, "prefect.context", raising=False)
    assert names(settings, **options) == expected


CONFIGURED = Settings(api_key=Secret("k"), api_auth_string=Secret("a:b"))


@pytest.mark.parametrize(
    ("settings", "api_key", "auth_string", "header"),
    [
        (CONFIGURED, None, None, "Basic YTpi"),
        (CONFIGURED, "own", None, "Bearer own"),
        (CONFIGURED, None, "c:d", "Basic Yzpk"),
        (CONFIGURED, "own", "c:d", "Basic Yzpk"),
        (CONFIGURED, None, "", "Bearer k"),
    ],
)
def test_passed_credentials_win_over_configured_ones(
    settings: Settings, api_key: str | None, auth_string: str | None, header: str
) -> None:
    plugins: dict[str, Any] = dict(built_in_plugins(settings, Server(URL), api_key=api_key, auth_string=auth_string))
    assert plugins["auth"]._value == header


def test_a_passed_key_that_cannot_be_sent_is_refused_and_not_shown() -> None:
    with pytest.raises(InvalidParameterError) as caught:
        Prefect(transport=FakeTransport(), api_key="hunter2\nand more")
    assert "hunter2" not in str(caught.value)


# The options


def test_the_options_are_those_of_the_settings() -> None:
    assert options_of(Settings()) == Options(timeout=60.0, policy=RetryPolicy(max_attempts=5, deadline=90.0))
    settings = Settings(api_request_timeout=7.0, client_max_retries=0, client_retry_extra_codes=frozenset({418}))
    assert options_of(settings) == Options(
        timeout=7.0, policy=RetryPolicy(max_attempts=1, extra_statuses=frozenset({418}))
    )


def test_a_call_has_at_least_the_time_of_one_attempt() -> None:
    assert options_of(Settings(api_request_timeout=200.0)).policy.deadline == 200.0
    nothing: Any = {"deadline": None, "max_attempts": None}
    assert changed(Options(), timeout=120.0, **nothing).policy.deadline == 120.0
    assert changed(Options(), timeout=10.0, **nothing).policy.deadline == 90.0
    assert changed(Options(), timeout=float("inf"), **nothing).policy.deadline == 90.0
    assert changed(Options(), timeout=120.0, deadline=5.0, max_attempts=None).policy.deadline == 5.0


@pytest.mark.parametrize(
    ("httpx_settings", "timeout"),
    [
        (None, None),
        ({}, None),
        ({"verify": False}, None),
        ({"timeout": 7}, 7),
        ({"timeout": 7.5}, 7.5),
        ({"timeout": None}, float("inf")),
        ({"timeout": (1.0, 2.0, 3.0, 4.0)}, 2.0),
        ({"timeout": (1.0, None, 3.0, 4.0)}, float("inf")),
        ({"timeout": httpx.Timeout(9.0)}, 9.0),
        ({"timeout": httpx.Timeout(None)}, float("inf")),
        ({"timeout": httpx.Timeout(1.0, read=8.0)}, 8.0),
    ],
)
def test_the_time_of_httpx_settings_is_that_of_an_attempt(httpx_settings: Any, timeout: float | None) -> None:
    assert timeout_of(httpx_settings) == timeout
    with Prefect(URL, httpx_settings=httpx_settings) as client:
        assert client._engine.options.timeout == (60.0 if timeout is None else timeout)
    with Prefect(URL, httpx_settings=httpx_settings, timeout=3.0) as client:
        assert client._engine.options.timeout == 3.0


def test_changed_options_are_replaced_and_others_kept() -> None:
    before = Options(timeout=1.0, headers={"x": "y"}, policy=RetryPolicy(max_attempts=2, max_retry_after=3.0))
    nothing: Any = {"timeout": None, "deadline": None, "max_attempts": None}
    assert changed(before, **nothing) == before
    after = changed(before, timeout=4, deadline=5, max_attempts=6)
    assert after == Options(
        timeout=4.0, headers={"x": "y"}, policy=RetryPolicy(max_attempts=6, deadline=5.0, max_retry_after=3.0)
    )
    assert changed(before, **(nothing | {"timeout": float("inf")})).timeout == float("inf")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        *(({"timeout": value}, "timeout must be a number of seconds above 0") for value in (0, -1, float("nan"), "5")),
        *(({"deadline": value}, "deadline must be a number of seconds above 0") for value in (0, float("nan"), "5")),
        *(({"max_attempts": value}, "max_attempts must be a whole number, at least 1") for value in (0, -1, 1.5, "5")),
    ],
)
def test_an_option_that_makes_no_sense_is_an_error_wherever_it_is_given(given: Any, message: str) -> None:
    (value,) = given.values()
    for use in (
        lambda: Prefect(transport=FakeTransport(), **given),
        lambda: AsyncPrefect(transport=AsyncFakeTransport(), **given),
        lambda: Prefect(transport=FakeTransport()).with_options(**given),
    ):
        with pytest.raises(ConfigError, match=message) as caught:
            use()
        assert str(caught.value).endswith(repr(value))
