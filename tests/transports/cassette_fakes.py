"""A transport without a network, and one way to use a cassette from a sync and from an async client."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import anyio

from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.cassette import AsyncCassetteTransport, CassetteTransport

JSON_TYPE = {"content-type": "application/json"}
KINDS = ("sync", "asyncio", "trio")

Respond = Callable[[Request], Response]


def request(
    method: str = "POST",
    target: str = "/flow_runs/filter",
    body: Any = None,
    *,
    raw: bytes = b"",
    headers: Mapping[str, str] | None = None,
    base_url: str = "http://recorded/api",
    stream: bool = False,
) -> Request:
    """A request with a JSON body, or with raw bytes."""
    data = raw if body is None else json.dumps(body).encode()
    return Request(method, base_url, target, headers={**JSON_TYPE, **(headers or {})}, body=data, stream=stream)


def json_response(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response."""
    return Response(status, {**JSON_TYPE, **(headers or {})}, json.dumps(value).encode())


class Fake:
    """A transport that responds by a function and counts its calls."""

    def __init__(self, respond: Respond | None = None) -> None:
        self.respond = respond or (lambda request: json_response({"number": self.calls}))
        self.calls = 0
        self.closed = 0

    def _respond(self, request: Request) -> Response:
        self.calls += 1
        return self.respond(request)


class SyncFake(Fake):
    """The sync transport."""

    def send(self, request: Request) -> Response:
        return self._respond(request)

    def close(self) -> None:
        self.closed += 1


class AsyncFake(Fake):
    """The async transport."""

    async def send(self, request: Request) -> Response:
        await anyio.lowlevel.checkpoint()
        response = self._respond(request)
        if response.chunks is not None:
            response.chunks = _as_async(cast(Iterator[bytes], response.chunks))
        return response

    async def aclose(self) -> None:
        self.closed += 1


async def _as_async(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


class Cassette:
    """A cassette that is used the same way for each kind: `send` and `close` without await."""

    def __init__(self, kind: str, path: Path, respond: Respond | None = None, *, alone: bool = False, **options: Any):
        self.kind = kind
        self.inner = SyncFake(respond) if kind == "sync" else AsyncFake(respond)
        cls: Any = CassetteTransport if kind == "sync" else AsyncCassetteTransport
        self.transport = cls(path, None if alone else self.inner, **options)

    def send(self, request: Request) -> Response:
        if self.kind == "sync":
            return cast(Response, self.transport.send(request))
        return cast(Response, anyio.run(self.transport.send, request, backend=self.kind))

    def close(self) -> None:
        if self.kind == "sync":
            self.transport.close()
        else:
            anyio.run(self.transport.aclose, backend=self.kind)


def record(path: Path, *requests: Request, respond: Respond | None = None, **options: Any) -> list[Response]:
    """Record requests into a new or, by `mode`, an existing file, and return the real responses."""
    cassette = Cassette("sync", path, respond, **{"mode": "rewrite", **options})
    try:
        return [cassette.send(request) for request in requests]
    finally:
        cassette.close()


def replay(path: Path, *requests: Request, **options: Any) -> list[Response]:
    """Replay requests, without an inner transport."""
    cassette = Cassette("sync", path, alone=True, **options)
    responses = [cassette.send(request) for request in requests]
    cassette.close()
    return responses


def lines(path: Path) -> list[Any]:
    """The lines of a cassette, parsed."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]
