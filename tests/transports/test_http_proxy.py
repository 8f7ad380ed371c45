"""Through a proxy: forwarded, tunnelled, refused, away."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import trustme

from prefectkit.core.errors import ConnectError
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.http import HTTPSettings
from tests.faults import Connection, FaultServer, closed_port
from tests.transports.http_senders import ALL_KINDS, Script, Send, clear_proxies, run


@pytest.fixture(params=ALL_KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def through(kind: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a script through a proxy: one of `httpx_settings`, or where there are none one of the environment."""
    clear_proxies(monkeypatch)

    def call(proxy: str, url: str, script: Script, settings: HTTPSettings | None = None) -> Any:
        if kind != "aiohttp":
            return run(kind, url, script, httpx_settings={"proxy": proxy}, settings=settings)
        monkeypatch.setenv("ALL_PROXY", proxy)
        return run(kind, url, script, settings=settings)

    return call


def failing(send: Send) -> ConnectError:
    with pytest.raises(ConnectError) as caught:
        send("/echo", method="POST", body=b"{}")
    return caught.value


def tunnel(connection: Connection) -> None:
    """Connect to where the client asks, and carry the bytes both ways."""
    connection.peek()
    host, _, port = connection.head.split(b" ")[1].decode().partition(":")
    connection.read()
    near = connection.socket
    with socket.create_connection((host, int(port))) as far, suppress(OSError):
        connection.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        # One thread, since two must not use a TLS socket at once.
        while True:
            is_pending = isinstance(near, ssl.SSLSocket) and near.pending()
            readable = [near] if is_pending else select.select([near, far], [], [])[0]
            for source, target in ((near, far), (far, near)):
                if source in readable:
                    if not (data := source.recv(65536)):
                        return
                    target.sendall(data)


def test_plain_http_is_forwarded(through: Callable[..., Any]) -> None:
    with FaultServer() as proxy:
        url = proxy.url.replace("//", "//user:secret@")
        echo = through(url, "http://prefect.example/api", lambda send: send("/echo?x=1")).json()
    assert echo["path"] == "http://prefect.example/api/echo?x=1"
    assert echo["headers"]["proxy-authorization"] == "Basic dXNlcjpzZWNyZXQ="


def test_the_environment_names_the_proxy(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert run(kind, "http://prefect.example", lambda send: send("/echo")).status == 200
        assert len(proxy.received) == 1


@pytest.mark.parametrize("proxy_tls", [False, True], ids=["http proxy", "https proxy"])
def test_https_goes_through_a_tunnel(through: Callable[..., Any], tmp_path: Path, proxy_tls: bool) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(server_context)
    body = b"x" * 100_000

    def script(send: Send) -> list[str]:
        return [send("/echo", method="POST", body=body).json()["body"] for _ in range(2)]

    def secure_tunnel(connection: Connection) -> None:
        connection.socket = server_context.wrap_socket(connection.socket, server_side=True)
        tunnel(connection)

    on_connect = secure_tunnel if proxy_tls else tunnel
    with FaultServer(tls=server_context) as server, FaultServer(on_connect=on_connect) as proxy:
        url = proxy.url.replace("http://", "https://user:secret@" if proxy_tls else "http://user:secret@")
        settings = HTTPSettings(ca_file=str(tmp_path / "ca.pem"))
        assert through(url, server.url, script, settings) == [body.decode()] * 2
        (asked,) = proxy.received
        assert asked.method == "CONNECT"
        assert asked.headers["proxy-authorization"] == "Basic dXNlcjpzZWNyZXQ="
        assert "proxy-authorization" not in server.received[0].headers


def test_a_proxy_that_refuses(through: Callable[..., Any]) -> None:
    with FaultServer() as proxy:
        # The path of a CONNECT is the authority: its last segment names the fault.
        error = through(proxy.url.replace("//", "//user:secret@"), "https://status-407", failing)
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, True)
    assert f"the proxy {proxy.url} did not connect to https://status-407" in str(error)
    assert "secret" not in str(error)


def test_a_proxy_that_is_away(through: Callable[..., Any]) -> None:
    proxy = f"http://127.0.0.1:{closed_port()}"
    error = through(proxy, "http://prefect.example", failing)
    assert error.phase is Phase.NOTHING_SENT
    assert f"cannot connect to the proxy {proxy}" in str(error) and "HTTP_PROXY" in str(error)


def test_a_tunnel_to_a_server_that_breaks_the_handshake(through: Callable[..., Any]) -> None:
    with FaultServer(on_connect=Connection.reset) as server, FaultServer(on_connect=tunnel) as proxy:
        url = server.url.replace("http:", "https:")
        error = through(proxy.url, url, failing, HTTPSettings(verify=False))
    # Asking for the tunnel is not sending the request.
    assert error.phase is Phase.NOTHING_SENT
