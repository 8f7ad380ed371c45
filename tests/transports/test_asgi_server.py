"""The real Prefect server, in the caller's event loop and in an event loop thread."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from prefectkit.core.http.messages import Request, Response
from tests.real_server import RealServer
from tests.transports.asgi_drivers import make, opened, pieces, request

# The server knows asyncio only, so trio reaches it in a thread.
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("way", ["sync", "asyncio", "asyncio-threaded", "trio-threaded"]),
]

JSON = {"content-type": "application/json"}


@pytest.fixture
def anyio_backend(way: str) -> str:
    return "trio" if way.startswith("trio") else "asyncio"


async def when_free(transport: Any, asked: Request) -> Response:
    """The response; the server says 503 while another of its writes is under way, and has changed nothing then."""
    for _ in range(50):
        response = await transport.send(asked)
        if response.status != 503:
            break
        await anyio.sleep(0.1)
    return response


async def test_the_server_creates_reads_lists_and_deletes(way: str, server: RealServer) -> None:
    async with opened(way, server.app) as transport:
        written = json.dumps({"name": f"var-{way}", "value": ["ü", 1]}).encode()
        created = await when_free(transport, request("/variables/", headers=JSON, body=written, timeout=60))
        assert created.status == 201
        read = await transport.send(request(f"/variables/name/var%2D{way}", method="GET"))
        assert read.json()["value"] == ["ü", 1]
        listed = await transport.send(request("/variables/filter", headers=JSON, body=b"{}", stream=True))
        assert f"var-{way}" in [variable["name"] for variable in json.loads(b"".join(await pieces(listed)))]
        deleted = await when_free(transport, request(f"/variables/name/var-{way}", method="DELETE"))
        assert (deleted.status, deleted.body) == (204, b"")
        missing = await transport.send(request(f"/variables/name/var-{way}", method="GET"))
        assert missing.status == 404


async def test_the_server_is_there_for_the_next_client_too(way: str, server: RealServer) -> None:
    for _ in range(2):
        transport = make(way, server.app)
        assert (await transport.send(request("/health", method="GET", timeout=60))).body == b"true"
        await transport.close()
