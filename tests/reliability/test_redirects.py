"""A server that points elsewhere, over real sockets: what it points to gets no key, no secret header and no body."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.retry import Replay
from prefectkit.errors import RedirectError

STATUSES = (301, 302, 303, 307, 308)
METHODS = ("GET", "HEAD", "POST")
CANARY = "canary"


class Arrived(NamedTuple):
    """A request at the place that was pointed to."""

    port: int
    method: str
    text: str


class Servers(NamedTuple):
    """Two servers, and what arrived at either."""

    url: str
    targets: dict[str, str]
    arrived: list[Arrived]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    arrived: list[Arrived] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = parse_qs(urlsplit(self.path).query)
            if "to" in asked:
                self.send_response(int(asked["status"][0]))
                self.send_header("location", asked["to"][0])
            elif "csrf-token" in self.path:
                self.send_response(404)
            else:
                text = f"{self.path} {self.headers} {body!r}"
                arrived.append(Arrived(self.server.server_address[1], self.command, text))
                self.send_response(204)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_POST = answer

        def log_message(self, *_: object) -> None:
            pass

    running = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
    own, other = (each.server_address[1] for each in running)
    targets = {
        "same": f"http://127.0.0.1:{own}/api/arrived",
        "path": "/api/arrived",
        "other": f"http://127.0.0.1:{other}/api/arrived",
        "//other": f"//127.0.0.1:{other}/api/arrived",
        "name": f"http://localhost:{own}/api/arrived",
        "https": f"https://127.0.0.1:{own}/api/arrived",
        "user@": f"http://user:{CANARY}@127.0.0.1:{other}/api/arrived",
    }
    for each in running:
        threading.Thread(target=each.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield Servers(f"http://127.0.0.1:{own}/api", targets, arrived)
    for each in running:
        each.shutdown()
        each.server_close()


@pytest.mark.parametrize("follow", [False, True], ids=["default", "opt-in"])
def test_nothing_leaks(follow: bool, servers: Servers, capsys: pytest.CaptureFixture[str]) -> None:
    followed = leaked = cells = 0
    settings = {"headers": {"x-secret": CANARY}, "follow_redirects": follow}
    with Prefect(servers.url, api_key=CANARY, httpx_settings=settings) as client:
        for status in STATUSES:
            for target, to in servers.targets.items():
                for method in METHODS:
                    cells += 1
                    servers.arrived.clear()
                    may = follow and method != "POST" and target in ("same", "path")
                    body = {"value": CANARY} if method == "POST" else None
                    query = {"status": status, "to": to}
                    try:
                        client.request(method, "/start", query=query, body=body, replay=Replay.READ)
                    except RedirectError as error:
                        assert not may
                        assert error.location or not to
                        assert CANARY not in str(error)
                    else:
                        assert may
                    assert len(servers.arrived) == may
                    followed += may
                    own = urlsplit(servers.url).port
                    leaked += any(CANARY in it.text for it in servers.arrived if it.port != own)
    with capsys.disabled():
        print(f"\nredirects {'where they are asked for' if follow else 'by default'}: leaked {leaked}/{cells}")
    assert (cells, leaked, followed) == (105, 0, 20 if follow else 0)


def test_an_async_client_is_told_once_and_for_some_calls(servers: Servers) -> None:
    async def ask() -> int:
        async with AsyncPrefect(servers.url) as client:
            query = {"status": 307, "to": servers.targets["same"]}
            with pytest.raises(RedirectError):
                await client.request("GET", "/start", query=query)
            following = client.with_options(follow_redirects=True)
            return (await following.request("GET", "/start", query=query)).status

    assert anyio.run(ask) == 204
