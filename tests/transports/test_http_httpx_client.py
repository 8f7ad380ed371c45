"""Which requests need httpx's client, and that the others are what it would have made of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import prefectkit
from prefectkit.core.http.messages import Request
from prefectkit.transports.http.base_url import is_plain, parse_base_url
from prefectkit.transports.http.http_request import HTTPRequest
from prefectkit.transports.http.mock_detection import is_httpx_mocked
from prefectkit.transports.http.options import CLIENT_KEYS, HTTPX_KEYS, KNOWN_KEYS, resolve
from tests.faults import FaultServer
from tests.transports.http_senders import KINDS, run

URL = "http://prefect.example/api"
ROOT = Path(prefectkit.__file__).parents[1]

VALUES: dict[str, Any] = {
    "auth": ("user", "pass"),
    "cert": "mine.pem",
    "cookies": {},
    "default_encoding": "latin-1",
    "event_hooks": {},
    "follow_redirects": True,
    "headers": {"x-mine": "1"},
    "http1": True,
    "http2": False,
    "limits": httpx.Limits(),
    "max_redirects": 3,
    "mounts": {"all://elsewhere.example": httpx.MockTransport(lambda request: httpx.Response(200))},
    "params": {"p": "1"},
    "proxy": "http://proxy:3128",
    "timeout": httpx.Timeout(3),
    "transport": httpx.MockTransport(lambda request: httpx.Response(200)),
    "trust_env": False,
    "verify": False,
}


def plain(url: str = URL, target: str = "/flows/", httpx_settings: Any = None, **options: Any) -> Any:
    request = Request(options.pop("method", "GET"), url, target, **options)
    return HTTPRequest(request, resolve(url, httpx_settings, None, required_method="handle_request")).to_httpcore()


@pytest.mark.parametrize("key", sorted(KNOWN_KEYS))
def test_the_settings_that_need_the_client(key: str) -> None:
    assert (plain(httpx_settings={key: VALUES[key]}) is None) is (key in HTTPX_KEYS)
    assert plain(httpx_settings={key: None} if key in HTTPX_KEYS else {}) is not None


def test_every_argument_of_the_client_but_headers_needs_it() -> None:
    assert CLIENT_KEYS - HTTPX_KEYS == {"headers"}


@pytest.mark.parametrize(
    "headers",
    [
        [("x-a", "1"), ("x-a", "2")],
        httpx.Headers({"x-a": "1"}),
        {b"x-a": b"1"},
        {"X-A": "1", "x-a": "2"},
        {"x-a": "\xe9"},
    ],
    ids=repr,
)
def test_headers_in_another_shape_need_it(headers: Any) -> None:
    assert plain(httpx_settings={"headers": headers}) is None


@given(
    st.from_regex(
        r"https?://(localhost|10\.0\.0\.1|\[::1\]|[A-Za-z]{1,5}\.example)(:[0-9]{1,5})?(/[ -~é]{0,8})?", fullmatch=True
    ),
    st.from_regex(r"(/[ -~é]{0,12}|/[a-z%0-9.]{0,12}|\?[a-z]{0,3})", fullmatch=True),
)
def test_requests_without_httpx_have_the_same_url_as_with_it(base_url: str, target: str) -> None:
    base = parse_base_url(base_url)
    if base is None or not is_plain(target):
        return
    url = httpx.URL(base_url + target)
    assert (base.scheme, base.host, base.port) == (url.raw_scheme, url.raw_host, url.port)
    assert base.authority == url.netloc.decode()
    assert f"{base.path}{target}".encode() == url.raw_path


@pytest.mark.parametrize(
    "url",
    [
        "http://user:pass@prefect.example/api", "http://prefect.example:0", "http://prefect.example:65536",
        "http://pr\xe9fet.example", "http://prefect.example/a/../b", "http://prefect.example/?a=b", "ftp://prefect.example",
        "http://prefect.example/a b",
    ],
)  # fmt: skip
def test_urls_that_need_it(url: str) -> None:
    assert parse_base_url(url) is None
    assert plain(url) is None


@pytest.mark.parametrize("target", ["/a b", "/\xe9", "/a/../b", "/./a", "/%zz", "/a#b", "/[a]", "", "a", "?a"])
def test_targets_that_need_it(target: str) -> None:
    assert not is_plain(target)
    assert plain(target=target) is None


@pytest.mark.parametrize("target", ["/", "/flows/filter?x=1&y=%2F", "/a%20b/c", "/flow_runs/~a-b.c_d/e:f@g,h;i=j"])
def test_targets_that_do_not(target: str) -> None:
    assert plain(target=target).url.target == b"/api" + target.encode()


@pytest.mark.parametrize("kind", KINDS)
def test_either_way_the_server_sees_the_same(kind: str) -> None:
    headers = {"X-Mine": "mine", "X-Both": "theirs", "Accept-Encoding": "br", "Accept": "application/json"}
    options = [
        {"method": method, "body": body, "headers": {"x-both": "ours", "x-latin": "\xe9", "user-agent": "me"}}
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        for body in (b"", b"{}")
    ]

    def seen(**settings: Any) -> list[Any]:
        def script(send: Any) -> list[Any]:
            return [send("/a%2Fb/echo?x=1", **one).json() for one in options]

        return run(kind, server.url + "/api", script, httpx_settings={"headers": headers, **settings})

    with FaultServer() as server:
        assert seen() == seen(event_hooks={})


@pytest.mark.parametrize("kind", KINDS)
def test_what_httpx_would_quote_is_quoted(kind: str) -> None:
    with FaultServer() as server:
        paths = run(kind, server.url, lambda send: [send(f"/{path}/echo").json()["path"] for path in ("a b", "c")])
    assert paths == ["/a%20b/echo", "/c/echo"]


@pytest.mark.parametrize("kind", KINDS)
def test_cookies_are_kept_where_they_are_asked_for(kind: str) -> None:
    from tests.faults import Connection

    def baker(connection: Connection) -> None:
        while connection.peek():
            connection.read_and_respond(b"", "set-cookie: a=b")

    def script(send: Any) -> None:
        send("/")
        send("/")

    for settings, expected in (({}, None), ({"cookies": {}}, "a=b")):
        with FaultServer(on_connect=baker) as server:
            run(kind, server.url, script, httpx_settings=settings)
            assert server.received[-1].headers.get("cookie") == expected


def test_a_part_of_httpx_that_was_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert plain() is not None
    monkeypatch.setattr(httpx.AsyncClient, "send", lambda *_: None)
    assert is_httpx_mocked() and plain() is None
    monkeypatch.undo()
    monkeypatch.delitem(sys.modules, "httpx")
    assert not is_httpx_mocked()
    # While another thread imports httpx.
    monkeypatch.setitem(sys.modules, "httpx", ModuleType("httpx"))
    assert not is_httpx_mocked()


@pytest.mark.parametrize("name", ["Prefect", "AsyncPrefect"])
def test_a_first_call_loads_nothing_of_httpx(name: str) -> None:
    script = f"""
import asyncio, inspect, sys
from prefectkit import {name}
from tests.faults import FaultServer

async def call(client, target):
    async with client:
        await client.request("GET", target)

with FaultServer() as server:
    client = {name}(server.url)
    if inspect.iscoroutinefunction(client.request):
        asyncio.run(call(client, "/echo"))
    else:
        with client:
            client.request("GET", "/echo")
assert "httpcore" in sys.modules and "httpx" not in sys.modules
"""
    environment = {"PYTHONPATH": str(ROOT), "PREFECTKIT_PLUGINS": ""}
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True, env=environment)
