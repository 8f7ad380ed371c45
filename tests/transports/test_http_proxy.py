"""Through a proxy: forwarded, tunnelled, refused, away."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from typing import Any

import pytest
import trustme

from prefectkit.core.errors import ConnectError
from prefectkit.core.retry import Phase
from prefectkit.transports.http import HTTPSettings
from tests.faults import Connection, FaultServer, closed_port
from tests.transports.http_senders import KINDS, Send, run


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def failing(kind: str, url: str, proxy: str) -> ConnectError:
    def script(send: Send) -> ConnectError:
        with pytest.raises(ConnectError) as caught:
            send("/echo", method="POST", body=b"{}")
        return caught.value

    return run(kind, url, script, httpx_settings={"proxy": proxy})


def tunnel(connection: Connection) -> None:
    """Connect to where the client asks, and carry the bytes both ways."""
    connection.peek()
    host, _, port = connection.head.split(b" ")[1].decode().partition(":")
    connection.read()
    with socket.create_connection((host, int(port))) as far:
        connection.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        back = threading.Thread(target=carry, args=(far, connection.socket))
        back.start()
        carry(connection.socket, far)
        back.join()


def carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def test_plain_http_is_forwarded(kind: str) -> None:
    with FaultServer() as proxy:
        settings = {"proxy": proxy.url.replace("//", "//user:secret@")}
        response = run(kind, "http://prefect.example/api", lambda send: send("/echo?x=1"), httpx_settings=settings)
        answer = response.json()
    assert answer["path"] == "http://prefect.example/api/echo?x=1"
    assert answer["headers"]["proxy-authorization"] == "Basic dXNlcjpzZWNyZXQ="


def test_the_environment_names_the_proxy(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert run(kind, "http://prefect.example", lambda send: send("/echo")).status == 200
        assert len(proxy.received) == 1


def test_https_goes_through_a_tunnel(kind: str) -> None:
    ca = trustme.CA()
    context = ssl.create_default_context()
    ca.configure_trust(context)
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(server_context)
    with FaultServer(tls=server_context) as server, FaultServer(on_connect=tunnel) as proxy:
        settings = {"proxy": proxy.url, "verify": context}
        assert run(kind, server.url, lambda send: send("/echo"), httpx_settings=settings).status == 200
        assert proxy.received[0].method == "CONNECT"


def test_a_proxy_that_refuses(kind: str) -> None:
    with FaultServer() as proxy:
        # The path of a CONNECT is the authority: its last segment names the fault.
        error = failing(kind, "https://status-407", proxy.url.replace("//", "//user:secret@"))
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, True)
    assert f"the proxy {proxy.url} did not connect to https://status-407" in str(error)
    assert "secret" not in str(error)


def test_a_proxy_that_is_away(kind: str) -> None:
    proxy = f"http://127.0.0.1:{closed_port()}"
    error = failing(kind, "http://prefect.example", proxy)
    assert error.phase is Phase.NOTHING_SENT
    assert f"cannot connect to the proxy {proxy}" in str(error) and "HTTP_PROXY" in str(error)


def test_a_tunnel_to_a_server_that_breaks_the_handshake(kind: str) -> None:
    def script(send: Send) -> Any:
        with pytest.raises(ConnectError) as caught:
            send("/echo", method="POST", body=b"{}")
        return caught.value

    with FaultServer(on_connect=Connection.reset) as server, FaultServer(on_connect=tunnel) as proxy:
        settings = {"proxy": proxy.url}
        url = server.url.replace("http:", "https:")
        error = run(kind, url, script, httpx_settings=settings, settings=HTTPSettings(verify=False))
    # Asking for the tunnel is not sending the request.
    assert error.phase is Phase.NOTHING_SENT
