"""TLS: what is trusted, what is not, and handshakes that fail."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from prefectkit.core.errors import ConnectError, TransportError, TransportTimeout
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.http import HTTPSettings
from tests.faults import Connection, FaultServer
from tests.transports.http_senders import ALL_KINDS, KINDS, THROUGH_HTTPX, Send, run


@pytest.fixture(params=ALL_KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


takes_httpx_settings = pytest.mark.parametrize("kind", (*KINDS, *THROUGH_HTTPX), indirect=True)


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="module")
def secure(ca: trustme.CA) -> Iterator[FaultServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    with FaultServer(tls=context) as server:
        yield server


def failing(kind: str, url: str, settings: HTTPSettings | None = None, **options: Any) -> TransportError:
    def script(send: Send) -> TransportError:
        with pytest.raises(TransportError) as caught:
            send("/echo", method="POST", body=b"{}", **options)
        return caught.value

    return run(kind, url, script, settings=settings)


def test_a_file_of_certificates(kind: str, secure: FaultServer, ca_file: Path) -> None:
    settings = HTTPSettings(ca_file=str(ca_file))
    assert run(kind, secure.url, lambda send: send("/echo"), settings=settings).status == 200


def test_without_verification(kind: str, secure: FaultServer) -> None:
    settings = HTTPSettings(verify=False)
    assert run(kind, secure.url, lambda send: send("/echo"), settings=settings).status == 200


@takes_httpx_settings
def test_without_verification_by_httpx_settings(kind: str, secure: FaultServer) -> None:
    assert run(kind, secure.url, lambda send: send("/echo"), httpx_settings={"verify": False}).status == 200


@takes_httpx_settings
def test_a_context_of_the_callers(kind: str, secure: FaultServer, ca: trustme.CA) -> None:
    context = ssl.create_default_context()
    ca.configure_trust(context)
    assert run(kind, secure.url, lambda send: send("/echo"), httpx_settings={"verify": context}).status == 200


@takes_httpx_settings
def test_a_client_certificate(kind: str, ca: trustme.CA, ca_file: Path, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    ca.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    mine = tmp_path / "mine.pem"
    ca.issue_cert("client.example").private_key_and_cert_chain_pem.write_to_path(str(mine))
    with FaultServer(tls=context) as server:
        settings = {"cert": str(mine), "verify": str(ca_file)}
        assert run(kind, server.url, lambda send: send("/echo"), httpx_settings=settings).status == 200


def test_an_unknown_certificate_is_final(kind: str, secure: FaultServer) -> None:
    error = failing(kind, secure.url)
    assert isinstance(error, ConnectError)
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, False)
    assert secure.url in str(error) and "PREFECT_API_SSL_CERT_FILE" in str(error)


def test_a_certificate_for_another_name_is_final(kind: str, ca: trustme.CA, ca_file: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("elsewhere.example").configure_cert(context)
    with FaultServer(tls=context) as server:
        error = failing(kind, server.url, HTTPSettings(ca_file=str(ca_file)))
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, False)


@pytest.mark.parametrize("how", [Connection.reset, lambda connection: None])
def test_a_handshake_that_is_cut(kind: str, how: Any) -> None:
    with FaultServer(on_connect=how) as server:
        error = failing(kind, server.url.replace("http:", "https:"), HTTPSettings(verify=False))
    assert isinstance(error, ConnectError)
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, True)


def test_a_server_without_tls(kind: str) -> None:
    def plain(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.hang()

    with FaultServer(on_connect=plain) as server:
        error = failing(kind, server.url.replace("http:", "https:"), HTTPSettings(verify=False))
    assert isinstance(error, ConnectError)
    assert error.phase is Phase.NOTHING_SENT
    assert "does it speak https?" in str(error)


def test_a_handshake_that_hangs(kind: str) -> None:
    with FaultServer(on_connect=Connection.hang) as server:
        error = failing(kind, server.url.replace("http:", "https:"), HTTPSettings(verify=False), timeout=0.2)
    assert isinstance(error, TransportTimeout)
    assert error.phase is Phase.NOTHING_SENT


@takes_httpx_settings
def test_http2(kind: str, secure: FaultServer, ca_file: Path) -> None:
    # The server knows HTTP/1.1 only, and the client must be content with it.
    settings = HTTPSettings(ca_file=str(ca_file), http2=True)
    assert run(kind, secure.url, lambda send: send("/echo"), settings=settings).status == 200


@pytest.mark.slow
def test_large_bodies(kind: str, secure: FaultServer, ca_file: Path) -> None:
    body = bytes(range(1, 128)) * 40_000
    settings = HTTPSettings(ca_file=str(ca_file))

    def script(send: Send) -> list[bool]:
        return [send("/echo", method="POST", body=body).json()["body"].encode() == body for _ in range(2)]

    assert run(kind, secure.url, script, settings=settings) == [True, True]
