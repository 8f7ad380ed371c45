"""A server that responds with bytes it has ready, in a process and on a core of its own: it is not what is measured."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, cast
from uuid import UUID

from benchmarks.cores import SERVER_CORE, pin
from benchmarks.data import A_PAGE, DEPLOYMENT_ID, ONE_RUN, RUN_ID
from benchmarks.processes import clean_processes

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_OFFSET = re.compile(rb'"offset": ?([1-9]\d*)')


def _response(status: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\ndate: Mon, 02 Mar 2026 13:53:17 GMT\r\nserver: canned\r\n"
        f"content-length: {len(body)}\r\ncontent-type: application/json\r\n\r\n"
    )
    return head.encode() + body


_PAGE = _response("200 OK", A_PAGE)
_RESPONSES = {
    f"POST /api/deployments/{DEPLOYMENT_ID}/create_flow_run": _response("201 Created", ONE_RUN),
    "GET /api/csrf-token": _response("422 Unprocessable Entity", b'{"detail":"CSRF protection is disabled."}'),
}
_BY_LINE = {line.encode(): response for line, response in _RESPONSES.items()}
_ONE_RUN = _response("200 OK", ONE_RUN)
_FILTER = b"POST /api/flow_runs/filter"
_FIRST_ID = str(RUN_ID).encode()
_ABSENT = _response("404 Not Found", b'{"detail":"Not Found"}')


def _page(request_body: bytes) -> bytes:
    """Every page bears the same rows but the first, since a client may refuse a page that repeats."""
    offset = _OFFSET.search(request_body)
    return _PAGE.replace(_FIRST_ID, str(UUID(int=int(offset[1]))).encode(), 1) if offset else _PAGE


class Canned(asyncio.Protocol):
    """One connection, kept open; requests carry a Content-Length or no body."""

    def __init__(self) -> None:
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._received[:end])
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._received) < whole:
                return
            body = bytes(self._received[end + 4 : whole])
            del self._received[:whole]
            line = head.partition(b" HTTP/")[0].partition(b"?")[0]
            # Any flow run is the same one.
            other = _ONE_RUN if line.startswith(b"GET /api/flow_runs/") else _ABSENT
            self._transport.write(_page(body) if line == _FILTER else _BY_LINE.get(line, other))


async def _serve(ready: Connection[Any, Any]) -> None:
    server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", 0, backlog=4096)
    ready.send(server.sockets[0].getsockname()[1])
    async with server:
        # The parent's end closes with the parent, so that no server outlives it.
        await asyncio.to_thread(ready.poll, None)


def _main(ready: Connection[Any, Any]) -> None:
    pin(SERVER_CORE)
    asyncio.run(_serve(ready))


@contextmanager
def canned_server() -> Generator[str]:
    """The URL of the API of a running server."""
    processes = clean_processes()
    here, there = processes.Pipe()
    process = processes.Process(target=_main, args=(there,), daemon=True)
    process.start()
    there.close()
    try:
        yield f"http://127.0.0.1:{here.recv()}/api"
    finally:
        here.close()
        process.join(5)
        process.kill()
