"""The API's URL is read once, and what is wrong with it is said without its password."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prefectkit.core.errors import ConfigError
from prefectkit.core.http.urls import origin, parse_api_url, shown


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://127.0.0.1:4200/api", "http://127.0.0.1:4200/api"),
        ("http://127.0.0.1:4200/api/", "http://127.0.0.1:4200/api"),
        ("http://127.0.0.1:4200/api///", "http://127.0.0.1:4200/api"),
        ("  http://host/api\n", "http://host/api"),
        ("HTTP://host/api", "http://host/api"),
        ("https://host", "https://host"),
        ("https://host/", "https://host"),
        ("https://host:443/api?", "https://host:443/api"),
        ("http://[::1]:4200/api", "http://[::1]:4200/api"),
        (
            "https://api.prefect.cloud/api/accounts/a/workspaces/w",
            "https://api.prefect.cloud/api/accounts/a/workspaces/w",
        ),
        ("http://host:65535/api", "http://host:65535/api"),
        ("http://höst.test/api", "http://höst.test/api"),
    ],
)
def test_the_trailing_slash_of_a_url_is_removed(url: str, root: str) -> None:
    assert parse_api_url(url) == root


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("127.0.0.1:4200/api", "no scheme: write 'http://127.0.0.1:4200/api'"),
        ("localhost:4200/api", "no scheme: write 'http://localhost:4200/api'"),
        ("host", "no scheme"),
        ("http:/host/api", "no scheme"),
        ("/api", "no scheme"),
        ("ftp://host/api", "'ftp://host/api' has a scheme that no transport serves: use http://, https://"),
        ("file:///etc/passwd", "no transport serves"),
        ("http+unix://socket/api", "no transport serves"),
        ("://host/api", "no transport serves"),
        ("http://", "names no host"),
        ("http:///api", "names no host"),
        ("http://:4200/api", "names no host"),
        ("http://host:99999/api", "impossible host or port"),
        ("http://host:-1/api", "impossible host or port"),
        ("http://host:port/api", "impossible host or port"),
        ("http://[::1/api", "impossible host or port"),
        ("http://[nonsense]/api", "impossible host or port"),
        ("http://host:0/api", "port 0"),
        ("http://ho st/api", "has a blank"),
        ("http://host/a pi", "has a blank"),
        ("http://host/\tapi", "has a blank"),
        ("http://ho\x00st/api", "control character"),
        ("http://host\\evil/api", "a backslash"),
        ("http://host/api?limit=1", "a query or a fragment"),
        ("http://host/api#top", "a query or a fragment"),
        ("http://user@host/api", "'http://host/api' carries credentials"),
        ("http://user:pw@host/api", "pass auth_string"),
        ("http://:@host/api", "carries credentials"),
    ],
)
def test_a_url_that_makes_no_sense_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_api_url(url)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://me:hunter2@host/api",
        "http://me:hunter2@host:99999/api",
        "http://me:hunter2@/api",
        "http://me:hunter2/x@host/api",
        "http://me:hunter2?x@host/api",
        "http://me:hunter2#x@host/api",
        "http://me:x@hunter2@host/api",
        "http://me:hunter2@ho st/api",
        "http://me:hunter2@\u2100/api",
        "http://me:hunter2@[/api",
        "me:hunter2@host/api",
        "http://me:hunter2%40host/api",
        "http://me:hunter2%2540host:4200/api",
        "http://me%3Ahunter2%40host/api",
        "http://me:hunter2\uff20host/api",
        "http://me:hunter2\ufe6bhost/api",
        "http://me\uff1ahunter2\uff20host/api",
        "http://me:4@hunter2%40host/api",
        "http://me:hunter2",
        "http://me:hunter2/api",
        "me:hunter2/api",
        "http://[::1]:hunter2/api",
        "me:hunter2@http://host/api",
        "ftp://me:hunter2@host/api",
        "http://host/api?key=hunter2",
        "http://host/api?key=x@hunter2",
        "http://host/api?next=http://x/&key=hunter2",
        "http://host/api#hunter2",
        "host/api?url=http://hunter2",
    ],
)
def test_no_message_shows_a_secret(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_api_url(url)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@given(st.text())
@example("http://[]")
@example("http://a]b")
def test_any_text_is_a_url_or_a_config_error(text: str) -> None:
    try:
        root = parse_api_url(text)
    except ConfigError:
        return
    assert root.startswith(("http://", "https://"))
    assert not root.endswith("/")
    assert parse_api_url(root) == root


def test_other_schemes_may_be_allowed() -> None:
    assert parse_api_url("unix://socket/api", schemes=frozenset({"unix"})) == "unix://socket/api"


def test_the_origin_is_scheme_host_and_port() -> None:
    assert origin("https://host:8443/api/x?y#z") == "https://host:8443"


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://host:port/api", "http://host:.../api"),
        ("http://a%40host:4200/api", "http://host:4200/api"),
        ("http://a?b%40host/api", "http://..."),
        ("http://[::1]:80/api", "http://[::1]:80/api"),
        ("http://[::1]/api", "http://[::1]/api"),
        ("http://host:/api", "http://host:/api"),
    ],
)
def test_what_may_be_a_password_is_not_shown(url: str, text: str) -> None:
    assert shown(url) == text


def test_only_the_host_of_http_has_no_percent_sign() -> None:
    with pytest.raises(ConfigError, match="impossible host"):
        parse_api_url("http://h%41st/api")
    assert parse_api_url("http://[fe80::1%25eth0]:80/a%20b") == "http://[fe80::1%25eth0]:80/a%20b"
    assert parse_api_url("unix://%2Frun%2Fapi", schemes=frozenset({"unix"})) == "unix://%2Frun%2Fapi"


def test_shown_keeps_scheme_host_and_path() -> None:
    assert shown("https://host:8443/api/accounts/a") == "https://host:8443/api/accounts/a"
    assert shown("https://me:pw@host/api?x#y") == "https://host/api"
    assert shown("https://me:p?w@host/api") == "https://..."
