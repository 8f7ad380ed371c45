"""Credentials and headers: the built-in plugins that only write headers."""

from __future__ import annotations

from typing import Any

import pytest

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.http.messages import Request
from prefectkit.core.io import run
from prefectkit.core.security.secrets import Secret
from prefectkit.plugins.builtin.auth import Auth
from prefectkit.plugins.builtin.headers import Headers
from prefectkit.plugins.manager import Plugins
from prefectkit.version import API_VERSION, __version__
from tests.core.calls import operation
from tests.fakes import FakeTransport, engine_of


def headers_of(*plugins: object, given: dict[str, str] | None = None) -> dict[str, str]:
    """What reaches the transport."""
    loaded = Plugins(environ={})
    loaded.add_built_in((type(plugin).__name__, plugin) for plugin in plugins)
    transport = FakeTransport()
    run(engine_of(transport, hooks=loaded.compile()).raw(operation(), {}, None, None, headers=given, check=True))
    return transport.last.headers


@pytest.mark.parametrize(
    ("key", "string", "header"),
    [
        ("pnu_1", None, "Bearer pnu_1"),
        (None, "admin:pass", "Basic YWRtaW46cGFzcw=="),
        (" pnu_1 \n", None, "Bearer pnu_1"),
        (None, "admin:pass\r\n", "Basic YWRtaW46cGFzcw=="),
        (None, "admin: pass ", "Basic YWRtaW46IHBhc3Mg"),
        ("pnu_1", "admin:pass", "Basic YWRtaW46cGFzcw=="),
        ("pnu_1", "", "Bearer pnu_1"),
        (None, "ädmin:päss", "Basic w6RkbWluOnDDpHNz"),
    ],
)
def test_credentials_are_sent(key: str | None, string: str | None, header: str) -> None:
    auth = Auth(None if key is None else Secret(key), None if string is None else Secret(string))
    assert headers_of(auth)["authorization"] == header


@pytest.mark.parametrize("key", [None, Secret("")])
def test_without_credentials_no_header_is_sent(key: Secret | None) -> None:
    assert "authorization" not in headers_of(Auth(key))


def test_a_key_that_no_header_carries_is_refused_and_not_shown() -> None:
    with pytest.raises(InvalidParameterError, match="'authorization'") as caught:
        Auth(Secret("hunter2\nand more"))
    assert "hunter2" not in str(caught.value)


def test_every_request_says_who_asks_and_for_which_version() -> None:
    sent = headers_of(Headers())
    assert sent["user-agent"] == f"prefectkit/{__version__} (API {API_VERSION})"
    assert sent["x-prefect-api-version"] == API_VERSION
    assert headers_of(Headers(api_version="0.8.0"))["x-prefect-api-version"] == "0.8.0"


def test_custom_headers_win_over_credentials_and_version() -> None:
    custom = {"Authorization": "mine", "X-Team": "data", "X-Prefect-API-Version": "0.1"}
    sent = headers_of(Auth(Secret("pnu_1")), Headers(custom))
    assert (sent["authorization"], sent["x-team"], sent["x-prefect-api-version"]) == ("mine", "data", "0.1")


@pytest.mark.parametrize("name", ["User-Agent", "Prefect-CSRF-Token", "Prefect-CSRF-Client"])
def test_a_protected_header_is_left_out_and_said_so(name: str, caplog: pytest.LogCaptureFixture) -> None:
    assert headers_of(Headers({name: "hunter2"})).get(name.lower()) != "hunter2"
    assert caplog.messages == [f"the custom header {name.lower()!r} is left out: the client sets it itself"]


@pytest.mark.parametrize("custom", [{"x y": "1"}, {"x": "hunter2\r\n"}])
def test_a_custom_header_that_cannot_be_sent_is_refused(custom: Any) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        Headers(custom)
    assert "hunter2" not in str(caught.value)


def test_a_header_of_the_call_is_kept() -> None:
    assert headers_of(Headers({"x-team": "data"}), given={"x-run": "1"})["x-run"] == "1"


def test_no_repr_shows_a_secret() -> None:
    for plugin in (Auth(Secret("hunter2"), Secret("user:hunter2")), Headers({"x": "hunter2"})):
        assert "hunter2" not in repr(plugin)
    assert "hunter2" not in repr(Request("GET", "http://host", "/", headers={"authorization": "hunter2"}))


def test_the_headers_of_a_call_win_over_credentials_and_custom_headers() -> None:
    given = {"authorization": "Bearer mine", "x-team": "mine", "user-agent": "mine"}
    sent = headers_of(Auth(Secret("pnu_1")), Headers({"x-team": "ours"}), given=given)
    assert (sent["authorization"], sent["x-team"]) == ("Bearer mine", "mine")
    assert sent["user-agent"].startswith("prefectkit/")
