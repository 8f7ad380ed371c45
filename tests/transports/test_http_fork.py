"""A fork in the middle of everything: parent and child go on, each with connections of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable

import pytest

from prefectkit.core.http.messages import Request
from tests.faults import FaultServer
from tests.transports.http_senders import ON_ASYNCIO, SYNC_KINDS, async_transport, sync_transport

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system"),
    # Python 3.12 warns of a fork beside threads, which the server has.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


def forked(child: Callable[[], bool]) -> bool:
    """Whether the child process returns true."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if child() else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == 0


@pytest.mark.parametrize("kind", SYNC_KINDS)
def test_sync(kind: str) -> None:
    with FaultServer() as server:
        transport = sync_transport(kind, server.url)

        def tokens(prefix: str) -> bool:
            for i in range(20):
                request = Request("POST", server.url, "/echo", body=f"{prefix}{i}".encode(), timeout=5)
                if transport.send(request).json()["body"] != f"{prefix}{i}":
                    return False
            return True

        def child() -> bool:
            good = tokens("child")
            transport.close()
            return good

        assert tokens("before")
        assert server.connections == 1
        assert forked(child)
        assert server.connections == 2
        # The child's close has not touched this one.
        assert tokens("after")
        assert server.connections == 2
        transport.close()


@pytest.mark.parametrize("kind", ON_ASYNCIO)
def test_async(kind: str) -> None:
    with FaultServer() as server:
        transport = async_transport(kind, server.url)

        async def one(body: str) -> bool:
            request = Request("POST", server.url, "/echo", body=body.encode(), timeout=5)
            return bool((await transport.send(request)).json()["body"] == body)

        async def in_child() -> bool:
            good = await one("child")
            await transport.aclose()
            return good

        async def parent() -> None:
            assert await one("before")
            # The loop of the parent is not the child's, although the child has a copy.
            assert forked(lambda: asyncio.new_event_loop().run_until_complete(in_child()))
            assert server.connections == 2
            assert await one("after")
            assert server.connections == 2
            await transport.aclose()

        asyncio.run(parent())
