"""What a user's program does beside the installed plugins: every surface, every transport. Prints what came of it.

Run by the interpreter of a clean environment, and so imports nothing of these tests.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import ThreadingMixIn, UnixStreamServer
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import anyio
from prefectkit_prometheus import metrics
from prefectkit_signing import verify

from prefectkit import AsyncPrefect, Prefect

KEY = "shared"
WEBHOOK = {"id": "0195f3a0-0000-7000-8000-000000000001", "name": "orders"}
ANSWERS = {"/api/health": True, "/api/webhooks/filter": [WEBHOOK], "/api/block_documents/": {}}

unsigned: list[str] = []
"""The requests without a good signature, for the surface that is tried."""


def answer(method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    if not verify(KEY, method, path, body, headers):
        unsigned.append(f"{method} {path}")
    known = ANSWERS.get(path.partition("?")[0])
    return (404, b'{"detail": "Not Found"}') if known is None else (200, json.dumps(known).encode())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        status, answered = answer(self.command, self.path, body, headers)
        self.send_response(status)
        self.send_header("content-length", str(len(answered)))
        self.end_headers()
        self.wfile.write(answered)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None: ...


class UnixServer(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    path = scope["raw_path"].decode() + ("?" * bool(scope["query_string"])) + scope["query_string"].decode()
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    status, answered = answer(scope["method"], path, body, headers)
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": answered})


@contextmanager
def serving(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def blocking(api: Any) -> list[Any]:
    with Prefect(api) as client:
        client.health()
        client.request("POST", "/block_documents/", query={"a": "b c"}, body={"data": {"password": "hunter2"}})
        extended: Any = client
        return [webhook.name for webhook in extended.webhooks.list()]


async def awaited(api: Any) -> list[Any]:
    async with AsyncPrefect(api) as client:
        await client.health()
        await client.request("POST", "/block_documents/", query={"a": "b c"}, body={"data": {"password": "hunter2"}})
        extended: Any = client
        return [webhook.name for webhook in await extended.webhooks.list()]


def counted() -> int:
    return sum(int(line.split()[-1]) for line in metrics.text().splitlines() if line.startswith("prefectkit_calls"))


def main() -> None:
    said: dict[str, Any] = {}
    with TemporaryDirectory() as folder:
        socket = f"{folder}/g.sock"
        http, unix = ThreadingHTTPServer(("127.0.0.1", 0), Handler), UnixServer(socket, Handler)
        url, gateway = f"http://127.0.0.1:{http.server_port}/api", f"unix+http://{quote(socket, safe='')}/api"
        with serving(http), serving(unix):
            for name, api in {"http": url, "asgi": app, "unix": gateway}.items():
                for kind, live in {"sync": blocking, "async": lambda api: anyio.run(awaited, api)}.items():
                    unsigned.clear()
                    before = counted()
                    webhooks = live(api)
                    said[f"{kind} {name}"] = {
                        "webhooks": webhooks,
                        "unsigned": list(unsigned),
                        "counted": counted() - before,
                    }
        with Prefect(url) as client:
            said["plugins"] = [[plugin.name, plugin.source] for plugin in client.plugins]
            said["refused"] = client.plugins.refused
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
