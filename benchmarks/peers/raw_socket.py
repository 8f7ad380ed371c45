"""The floor: the bytes of a request into a socket, those of its response out of it; only their number is looked at."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Final
from urllib.parse import urlsplit

from benchmarks.data import DEPLOYMENT_ID, RUN_ID
from benchmarks.peers import Operations

_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"content-length: (\d+)")


def _requests(url: str) -> dict[str, bytes]:
    host = urlsplit(url).netloc

    def request(method: str, path: str, body: str = "") -> bytes:
        head = f"{method} /api{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(body)}\r\n\r\n"
        return (head + body).encode()

    return {
        "bytes": request("GET", f"/flow_runs/{RUN_ID}"),
        "page": request("POST", "/flow_runs/filter", '{"limit":200}'),
        "create": request("POST", f"/deployments/{DEPLOYMENT_ID}/create_flow_run", "{}"),
    }


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    assert found is not None, "the canned server says how long its responses are"
    return int(found[1])


@contextmanager
def blocking(url: str) -> Generator[Operations]:
    """A blocking socket."""
    requests = _requests(url)
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def exchange(request: bytes) -> bytes:
            connection.sendall(request)
            response = connection.recv(65536)
            head, _, body = response.partition(_END)
            missing = _length(head) - len(body)
            parts = [body]
            while missing > 0:
                parts.append(connection.recv(65536))
                missing -= len(parts[-1])
            return b"".join(parts)

        yield {
            "bytes": lambda: exchange(requests["bytes"]),
            "page": lambda: exchange(requests["page"]),
            "create": lambda: exchange(requests["create"]),
        }


@asynccontextmanager
async def awaited(url: str, connections: int = 1) -> AsyncGenerator[Operations]:
    """asyncio's streams, on so many connections."""
    requests = _requests(url)
    idle: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(connections):
        idle.put_nowait(await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port))

    async def exchange(request: bytes) -> bytes:
        reader, writer = streams = await idle.get()
        writer.write(request)
        head = await reader.readuntil(_END)
        body = await reader.readexactly(_length(head))
        idle.put_nowait(streams)
        return body

    yield {
        "bytes": lambda: exchange(requests["bytes"]),
        "page": lambda: exchange(requests["page"]),
        "create": lambda: exchange(requests["create"]),
    }
    while not idle.empty():
        idle.get_nowait()[1].close()
