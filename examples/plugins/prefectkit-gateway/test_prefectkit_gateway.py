from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote
from uuid import UUID

import anyio
import prefectkit_gateway
import pytest
from prefectkit_gateway import Webhook, Webhooks

from prefectkit import AsyncPrefect, Prefect
from prefectkit.errors import (
    AmbiguousOutcomeError,
    ConfigError,
    ConnectError,
    IncompleteResponse,
    NotFound,
    TransportTimeout,
)
from prefectkit.plugins.testing import FakeServer, check_plugin

ID = UUID("0195f3a0-0000-7000-8000-000000000001")
WEBHOOK = {"id": str(ID), "name": "orders", "template": "{}", "enabled": True, "slug": "abc"}
PLUGINS = [prefectkit_gateway]

# The resource


def test_it_keeps_the_rules() -> None:
    check_plugin(prefectkit_gateway)


def webhooks() -> FakeServer:
    return FakeServer({
        ("POST", "/webhooks/"): WEBHOOK,
        ("POST", "/webhooks/filter"): [WEBHOOK],
        ("GET", "/webhooks/{id}"): WEBHOOK,
        ("POST", "/webhooks/{id}/rotate"): {**WEBHOOK, "slug": "def"},
        ("DELETE", "/webhooks/{id}"): None,
    })  # fmt: skip


def test_webhooks_on_the_blocking_client() -> None:
    server = webhooks()
    with Prefect(server.url, transport=server.transport, plugins=PLUGINS) as client:
        resource = Webhooks(client)
        made = resource.create("orders", "{}")
        assert made == Webhook(id=ID, name="orders", template="{}", slug="abc")
        assert resource.read(ID) == made
        assert resource.list() == [made]
        assert resource.rotate(ID).slug == "def"
        resource.delete(ID)
    assert server.sent[-4:] == [
        f"GET /webhooks/{ID}",
        "POST /webhooks/filter",
        f"POST /webhooks/{ID}/rotate",
        f"DELETE /webhooks/{ID}",
    ]
    (created,) = [request for request in server.requests if request.target == "/webhooks/"]
    assert json.loads(created.body) == {"name": "orders", "template": "{}"}


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_webhooks_on_the_async_client(backend: str) -> None:
    server = webhooks()

    async def main() -> None:
        async with AsyncPrefect(server.url, transport=server.async_transport, plugins=PLUGINS) as client:
            assert (await Webhooks(client).read(ID)).name == "orders"

    anyio.run(main, backend=backend)


def test_webhooks_are_on_the_client() -> None:
    server = webhooks()
    with Prefect(server.url, transport=server.transport, plugins=PLUGINS) as client:
        extended: Any = client
        assert extended.webhooks.read(ID).name == "orders"


# The transport


class Gateway(ThreadingMixIn, UnixStreamServer):
    """A server on a socket that does what `act` says."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.act: Callable[[Handler], None] = echo
        super().__init__(str(path), Handler)
        self.url = f"unix+http://{quote(str(path), safe='')}/api"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, Gateway)
        self.server.act(self)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None: ...

    def answer(self, status: int, body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


def echo(handler: Handler) -> None:
    body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
    status = 404 if "csrf" in handler.path else 200
    handler.answer(status, json.dumps([handler.command, handler.path, body.decode()]).encode())


def break_off(handler: Handler) -> None:
    handler.answer(200, b"[", length=100)
    handler.close_connection = True


def break_off_changes(handler: Handler) -> None:
    (echo if "csrf" in handler.path else break_off)(handler)


def trickle(handler: Handler) -> None:
    handler.answer(200, b"", length=100)
    for _ in range(100):
        time.sleep(0.02)
        handler.wfile.write(b" ")
        handler.wfile.flush()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    # The path of a socket has 107 characters at most, and those of `tmp_path` are long.
    with TemporaryDirectory() as folder, Gateway(Path(folder, "g.sock")) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def client_of(gateway: Gateway, **options: Any) -> Prefect:
    return Prefect(gateway.url, plugins=PLUGINS, **options)


def test_requests_go_over_the_socket(gateway: Gateway) -> None:
    with client_of(gateway) as client:
        answer = client.request("POST", "/flows/filter", query={"a": 1}, body={"limit": 3})
        assert answer.json() == ["POST", "/api/flows/filter?a=1", '{"limit":3}']
        gateway.act = lambda handler: handler.answer(404, b'{"detail": "gone"}')
        with pytest.raises(NotFound, match="gone"):
            client.request("GET", "/flows/1", check=True)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_requests_go_over_the_socket_on_the_async_client(gateway: Gateway, backend: str) -> None:
    async def main() -> None:
        async with AsyncPrefect(gateway.url, plugins=PLUGINS) as client:
            assert (await client.request("GET", "/flows/1")).json() == ["GET", "/api/flows/1", ""]

    anyio.run(main, backend=backend)


def test_each_failure_says_how_far_the_request_came(gateway: Gateway) -> None:
    with client_of(gateway, max_attempts=1) as client:
        gateway.act = break_off
        with pytest.raises(IncompleteResponse, match=r"g\.sock broke off: IncompleteRead"):
            client.request("GET", "/flows/1")
        gateway.act = break_off_changes
        with pytest.raises(AmbiguousOutcomeError):
            Webhooks(client).create("orders", "{}")
    with Prefect("unix+http://%2Fno%2Fsuch.sock", plugins=PLUGINS, max_attempts=1) as client:
        with pytest.raises(ConnectError, match=r"cannot connect to /no/such\.sock"):
            client.request("GET", "/flows/1")


def test_an_answer_that_trickles_in_has_no_more_time_than_another(gateway: Gateway) -> None:
    gateway.act = trickle
    with client_of(gateway, max_attempts=1, timeout=0.2) as client:
        with pytest.raises(TransportTimeout, match="has not answered in time"):
            client.request("GET", "/flows/1")


@pytest.mark.parametrize("kind", [Prefect, AsyncPrefect])
def test_a_url_without_a_socket_is_refused(kind: Callable[..., object]) -> None:
    with pytest.raises(ConfigError, match=r"'unix\+http://gateway/api' names no socket"):
        kind("unix+http://gateway/api", plugins=PLUGINS)
