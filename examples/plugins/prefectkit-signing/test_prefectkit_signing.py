from __future__ import annotations

from time import time

import anyio
import prefectkit_signing
import pytest
from prefectkit_signing import Signing, path_of, verify

from prefectkit import AsyncPrefect, Prefect
from prefectkit.plugins import Request
from prefectkit.plugins.testing import FakeServer, check_plugin

KEY = "shared"
FLOW = {"name": "etl", "tags": ["nightly"]}


def is_signed(request: Request, key: str = KEY) -> bool:
    return verify(key, request.method, path_of(request.url), request.body, request.headers)


@pytest.fixture
def server() -> FakeServer:
    server = FakeServer()
    server.route("GET", "/health", True)
    server.route("POST", "/block_documents/", {})
    return server


def client_of(server: FakeServer, plugin: Signing) -> Prefect:
    return Prefect(server.url, transport=server.transport, plugins=[plugin])


def test_it_keeps_the_rules() -> None:
    check_plugin(Signing(KEY))
    check_plugin(prefectkit_signing.plugin)


def test_every_request_is_signed_also_where_bodies_hold_secrets(server: FakeServer) -> None:
    with client_of(server, Signing(KEY)) as client:
        client.request("GET", "/health", query={"a": "b c"})
        client.request("POST", "/block_documents/", body={"data": {"password": "hunter2"}})
    assert server.sent == ["GET /health?a=b+c", "GET " + server.requests[1].target, "POST /block_documents/"]
    assert server.requests[1].target.startswith("/csrf-token")
    assert all(is_signed(request) for request in server.requests)
    assert not any(is_signed(request, "another") for request in server.requests)


def test_it_signs_on_the_async_client(server: FakeServer) -> None:
    async def main() -> None:
        transport = server.async_transport
        async with AsyncPrefect(server.url, transport=transport, plugins=[Signing(KEY)]) as client:
            await client.health()

    anyio.run(main)
    assert is_signed(server.requests[0])


def test_what_was_changed_on_its_way_is_refused(server: FakeServer) -> None:
    with client_of(server, Signing(KEY)) as client:
        client.request("POST", "/block_documents/", body=FLOW)
    request = server.requests[-1]
    request.body += b" "
    assert not is_signed(request)


def test_what_is_old_is_refused(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with client_of(server, Signing(KEY)) as client:
        client.health()
    now = time()
    monkeypatch.setattr(prefectkit_signing, "time", lambda: now + 299)
    assert is_signed(server.requests[0])
    monkeypatch.setattr(prefectkit_signing, "time", lambda: now + 302)
    assert not is_signed(server.requests[0])


def test_the_key_is_the_environments_and_without_one_nothing_is_signed(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client_of(server, Signing()) as client:
        client.health()
        monkeypatch.setenv("PREFECTKIT_SIGNING_KEY", KEY)
        client.health()
    assert "x-signature" not in server.requests[0].headers
    assert is_signed(server.requests[1])
