"""What is particular to the transport over aiohttp: what it refuses, what it writes, how it keeps connections."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import trio
import trustme

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import ConfigError, ConnectError, IncompleteResponse, TransportError, TransportTimeout
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import Phase
from prefectkit.transports import registry
from prefectkit.transports.aiohttp import AiohttpTransport, HTTPSettings
from prefectkit.transports.wire import socket_poll
from tests.faults import Connection, FaultServer, closed_port
from tests.transports.http_senders import Send, clear_proxies, eventually, run, sockets

SECURE = "https://prefect.example/api"


@pytest.fixture(scope="module")
def faults() -> Iterator[FaultServer]:
    with FaultServer() as faults:
        yield faults


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_proxies(monkeypatch)


def sent(url: str, settings: HTTPSettings | None = None, **options: Any) -> Any:
    """What the echo says of a request."""
    path = options.pop("path", "/echo")
    return run("aiohttp", url, lambda send: send(path, **options), settings=settings).json()


def failing(
    url: str, error: type[Exception] = TransportError, settings: HTTPSettings | None = None, **options: Any
) -> Any:
    path = options.pop("path", "/echo")

    def script(send: Send) -> Exception:
        with pytest.raises(error) as caught:
            send(path, **options)
        return caught.value

    return run("aiohttp", url, script, settings=settings)


# What it refuses


def test_trio_is_an_error_with_the_way_out(faults: FaultServer) -> None:
    async def main() -> None:
        transport = AiohttpTransport(base_url=faults.url)
        with pytest.raises(ConfigError, match=r"asyncio only.*leave transport='aiohttp' out"):
            await transport.send(Request("GET", faults.url, "/echo", timeout=5))
        await transport.aclose()

    trio.run(main)


def test_http2_is_an_error_with_the_way_out() -> None:
    with pytest.raises(ConfigError, match="PREFECT_API_ENABLE_HTTP2"):
        AiohttpTransport(base_url=SECURE, settings=HTTPSettings(http2=True))


@pytest.mark.parametrize("proxy", ["socks5://user:secret@proxy", "http://[::secret", "http://"])
def test_a_proxy_of_no_use(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    error = failing("http://prefect.example", ConfigError)
    assert "http://host:3128" in str(error) and "secret" not in str(error)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    error = failing(SECURE, ConfigError, HTTPSettings(ca_file=str(path)))
    assert "ca.pem" in str(error) and "PREFECT_API_SSL_CERT_FILE" in str(error)


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"x-token": "secret\r\nx-more: 1"}},
        {"headers": {"x-token": "secret\0"}},
        {"headers": {"x-token": "secret\u20ac"}},
        {"headers": {"x token": "secret"}},
        {"headers": {"x-token: 1\r\nx-more": "secret"}},
        {"headers": {"transfer-encoding": "chunked", "x-token": "secret"}},
        {"path": "/echo secret"},
        {"path": "/echo\r\nx-more: secret"},
        {"path": "/secret-\u00e9"},
        {"method": "GET /secret"},
    ],
)
def test_invalid_http_is_not_sent(faults: FaultServer, options: dict[str, Any]) -> None:
    before = len(faults.received)
    error = failing(faults.url, **options)
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, False)
    assert faults.url in str(error) and "not valid HTTP" in str(error) and "secret" not in str(error)
    assert len(faults.received) == before


def test_a_host_that_aiohttp_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> Any:
        raise aiohttp.InvalidURL("secret")

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", refuse)
    error = failing("http://127.1")
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, False)
    assert "http://127.1" in str(error) and "secret" not in str(error)


@pytest.mark.parametrize(
    ("client", "options", "message"),
    [
        (Prefect, {}, "transport 'aiohttp' is for AsyncPrefect: leave it out for Prefect"),
        (AsyncPrefect, {"httpx_settings": {"verify": False}}, r"\['verify'\] have no effect on transport 'aiohttp'"),
        (AsyncPrefect, {"api": lambda *_: None}, "transport 'aiohttp' speaks to a URL, and api is an app"),
    ],
)
def test_a_client_that_it_does_not_serve(client: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        client(**{"api": SECURE, "transport": "aiohttp", **options})


def test_without_its_package_it_is_an_error_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"pip install 'prefectkit\[aiohttp\]'"):
        AsyncPrefect(SECURE, transport="aiohttp")


def test_a_client_is_given_it_by_name(faults: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> Response:
        async with AsyncPrefect(faults.url, transport="aiohttp") as client:
            return await client.request("GET", "/echo")

    assert asyncio.run(main()).json()["path"] == "/echo"
    monkeypatch.setenv("PREFECT_API_ENABLE_HTTP2", "true")
    with pytest.raises(ConfigError, match="does not support HTTP/2"):
        AsyncPrefect(faults.url, transport="aiohttp")


# How it writes a request


def test_the_headers_of_a_request(faults: FaultServer) -> None:
    echo = sent(faults.url, headers={"accept": "application/json", "user-agent": "mine", "x-latin": "caf\u00e9"})
    assert echo["headers"] == {
        "host": faults.url.removeprefix("http://"),
        "accept": "application/json",
        "accept-encoding": "gzip",
        "user-agent": "mine",
        "x-latin": "caf\u00e9",
    }
    assert sent(faults.url, headers={"host": "elsewhere"})["headers"]["host"] == "elsewhere"


def test_every_character_of_a_header(faults: FaultServer) -> None:
    name = "".join(chr(code) for code in range(33, 127) if chr(code) not in '"(),/:;<=>?@[\\]{}')
    value = "".join(chr(code) for code in (9, *range(32, 127), *range(160, 256)))
    assert sent(faults.url, headers={name: f"a{value}a"})["headers"][name.lower()] == f"a{value}a"


@pytest.mark.parametrize(
    ("method", "body", "length"), [("GET", b"", None), ("DELETE", b"", None), ("POST", b"", "0"), ("GET", b"{}", "2")]
)
def test_the_length_of_a_body(faults: FaultServer, method: str, body: bytes, length: str | None) -> None:
    headers = {} if length is None else {"content-length": "77"}
    echo = sent(faults.url, method=method, body=body, headers=headers)
    assert (echo["body"], echo["headers"].get("content-length")) == (body.decode(), length)


def test_the_response_to_a_head_has_no_body() -> None:
    def script(send: Send) -> tuple[Response, Response]:
        return send("/none", method="HEAD"), send("/echo")

    def headers_only(connection: Connection) -> None:
        connection.peek()
        connection.cut(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n")
        connection.peek()
        connection.read_and_respond(b"{}")

    with FaultServer(on_connect=headers_only) as faults:
        head, body = run("aiohttp", faults.url, script)
    assert (head.headers["content-length"], head.body, body.body) == ("7", b"", b"{}")


def test_headers_of_a_response_in_either_encoding() -> None:
    def respond(connection: Connection) -> None:
        connection.peek()
        connection.cut(b"HTTP/1.1 200 OK\r\nX-Utf: \xc3\xa9\r\nX-Latin: \xe9\r\ncontent-length: 0\r\n\r\n")

    with FaultServer(on_connect=respond) as faults:
        headers = run("aiohttp", faults.url, lambda send: send("/")).headers
    assert (headers["x-utf"], headers["x-latin"]) == ("\u00e9", "\u00e9")


def test_a_response_that_ends_with_its_connection() -> None:
    def respond(connection: Connection) -> None:
        connection.peek()
        connection.cut(b"HTTP/1.1 200 OK\r\n\r\n{}")

    with FaultServer(on_connect=respond) as faults:
        assert run("aiohttp", faults.url, lambda send: [send("/").body, send("/").body]) == [b"{}", b"{}"]


def test_a_proxy_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    with FaultServer(tls=context) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        echo = sent("http://prefect.example/api", HTTPSettings(ca_file=str(tmp_path / "ca.pem")))
    assert (echo["path"], echo["headers"]["host"]) == ("http://prefect.example/api/echo", "prefect.example")


# How it keeps connections


def test_what_is_lost_on_a_used_connection_is_not_sent_again(faults: FaultServer) -> None:
    # aiohttp's session would.
    def script(send: Send) -> None:
        send("/echo")
        before = len(faults.received)
        with pytest.raises(IncompleteResponse):
            send("/close-after-apply")
        assert len(faults.received) == before + 1

    run("aiohttp", faults.url, script)


@pytest.mark.parametrize("has_poll", [True, False])
def test_a_connection_that_was_closed_while_the_loop_was_busy(has_poll: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> Response:
        transport = AiohttpTransport(base_url=faults.url)
        await transport.send(Request("GET", faults.url, "/close-idle", timeout=5))
        # Without a turn of the loop, which has no chance to see the end of the connection.
        assert eventually(lambda: not faults.open)
        try:
            return await transport.send(Request("POST", faults.url, "/echo", body=b"{}", timeout=5))
        finally:
            await transport.aclose()

    if not has_poll:
        monkeypatch.setattr(socket_poll, "_poll", None)
    with FaultServer() as faults:
        assert asyncio.run(main()).status == 200


def test_a_server_that_reads_no_more_does_not_keep_the_socket() -> None:
    before = sockets()
    with FaultServer(on_connect=lambda connection: connection.server.stopping.wait(10) or None) as faults:
        error = failing(faults.url, TransportTimeout, method="POST", body=bytes(32 << 20), timeout=0.2)
        assert error.phase is Phase.AMBIGUOUS
        # The listener and the server's end of the connection.
        assert eventually(lambda: sockets() <= before + 2)


def test_a_request_that_gets_its_response_before_it_is_sent_does_not_come_before_the_next() -> None:
    def early(connection: Connection) -> None:
        connection.peek()
        if connection.head.startswith(b"POST"):
            connection.respond(b'"early"')
            connection.server.stopping.wait(10)
        else:
            connection.read_and_respond(b'"next"')

    def script(send: Send) -> list[str]:
        return [send("/", method="POST", body=bytes(32 << 20)).json(), send("/").json()]

    with FaultServer(on_connect=early) as faults:
        assert run("aiohttp", faults.url, script) == ["early", "next"]
        assert faults.connections == 2


def test_a_closed_stream_has_no_more_chunks() -> None:
    async def main() -> list[bytes]:
        transport = AiohttpTransport(base_url=faults.url)
        response = await transport.send(Request("GET", faults.url, "/endless-body", timeout=5, stream=True))
        chunks: Any = response.chunks
        assert await anext(chunks)
        await chunks.aclose()
        await transport.aclose()
        return [chunk async for chunk in chunks]

    with FaultServer() as faults:
        assert asyncio.run(main()) == []


def test_several_apis(faults: FaultServer) -> None:
    async def main() -> list[str]:
        transport = AiohttpTransport(base_url=faults.url)
        roots = [f"{faults.url}/a", f"{faults.url}/b", other.url]
        responses = [await transport.send(Request("GET", root, "/echo", timeout=5)) for root in roots * 2]
        await transport.aclose()
        return [response.json()["path"] for response in responses]

    before = faults.connections
    with FaultServer() as other:
        assert asyncio.run(main()) == ["/a/echo", "/b/echo", "/echo"] * 2
        assert (faults.connections - before, other.connections) == (2, 1)


def test_a_request_whose_time_is_up_is_not_sent_on_an_idle_connection(faults: FaultServer) -> None:
    async def main() -> TransportTimeout:
        transport = AiohttpTransport(base_url=faults.url)
        await transport.send(Request("GET", faults.url, "/echo", timeout=5))
        with pytest.raises(TransportTimeout) as caught:
            await transport.send(Request("POST", faults.url, "/echo", timeout=0))
        await transport.aclose()
        return caught.value

    before = len(faults.received)
    assert asyncio.run(main()).phase is Phase.NOTHING_SENT
    assert len(faults.received) == before + 1


def test_a_connection_that_is_closed_as_soon_as_it_is_made(
    faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiohttp.connector.Connection.transport", None)
    error = failing(faults.url, ConnectError)
    assert (error.phase, error.retryable) == (Phase.NOTHING_SENT, True)
    assert f"cannot connect to {faults.url} (Server disconnected)" in str(error)


@pytest.mark.parametrize(("where", "phase"), [("dialer", Phase.NOTHING_SENT), ("protocol", Phase.AMBIGUOUS)])
def test_unexpected_exceptions_are_mapped(
    faults: FaultServer, monkeypatch: pytest.MonkeyPatch, where: str, phase: Phase
) -> None:
    def surprise(*_: object, **__: object) -> Any:
        raise KeyError("secret")

    if where == "dialer":
        monkeypatch.setattr(aiohttp.TCPConnector, "connect", surprise)
    else:
        monkeypatch.setattr("aiohttp.client_proto.ResponseHandler.read", surprise)
    error = failing(faults.url)
    assert (type(error), error.phase, error.retryable) == (TransportError, phase, False)
    assert "KeyError" in str(error) and "secret" not in str(error)


def test_the_name_of_a_proxy_is_shown_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    port = closed_port()
    monkeypatch.setenv("HTTP_PROXY", f"http://user:secret@127.0.0.1:{port}")
    error = failing("http://prefect.example", ConnectError)
    assert f"the proxy http://127.0.0.1:{port} (" in str(error) and "secret" not in str(error)


def test_an_address_in_ipv6() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 on this system")
    port = listener.getsockname()[1]
    listener.close()
    error = failing(f"http://[::1]:{port}", ConnectError)
    assert f"http://[::1]:{port}" in str(error) and "Connection refused" in str(error)
