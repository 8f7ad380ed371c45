"""A client that is not disturbed by the server's own writes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from prefectkit.core.http.messages import Request, Response
from tests.real_server import RealServer
from tests.surfaces import Awaited, Sent, open_client


@pytest.fixture
async def client(surface: str, server: RealServer, sent: Sent) -> AsyncIterator[Awaited]:
    """A client of the real server, to await whichever surface it has.

    SQLite takes one write at a time. Where one of the server's own was in the way, the server has undone what was
    asked and says 503, which a client may take for a gateway's, or 200 and of each object that it failed: here it is
    asked once more.
    """
    async with open_client(surface, server, plugins=[sent]) as opened:
        io: Any = opened.target._engine.io
        send = io.send

        async def send_until_free(request: Request) -> Response:
            for _ in range(20):
                response = await send(request)
                if response.status != 503 and b"database is locked" not in response.body:
                    return response
                await io.sleep(0.02)
            raise AssertionError("the server's database is never free")

        io.send = send_until_free
        yield opened
