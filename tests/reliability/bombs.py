"""Responses that grow, and `python -m tests.reliability.bombs SURFACE URL`: what they do to a client, as JSON."""

from __future__ import annotations

import gzip
import json
import resource
import sys
import zlib
from functools import cache
from typing import Any

from prefectkit.core.errors import CallError
from tests.faults import FAULTS, Connection
from tests.faults.catalogue import CHUNKED
from tests.faults.server import Fault
from tests.reliability.bench import client_of, run, size

SIZE = 160 << 20
TIMEOUT = size(7, 50) / 10


@cache
def _packed(times: int) -> bytes:
    """Zeros, packed so many times over."""
    data = bytes(SIZE)
    for _ in range(times):
        data = gzip.compress(data, 6)
    return data


def _flood(connection: Connection, head: bytes, piece: bytes) -> None:
    connection.read()
    connection.send(head)
    while not connection.server.stopping.is_set():
        connection.send(piece)


BOMBS: dict[str, Fault] = {
    "gzip": lambda it: it.read_and_respond(_packed(1), "content-encoding: gzip"),
    "gzip-twice": lambda it: it.read_and_respond(_packed(2), "content-encoding: gzip, gzip"),
    "gzip-ten-times": lambda it: it.read_and_respond(_packed(10), "content-encoding: " + ", ".join(["gzip"] * 10)),
    "gzip-of-many-parts": lambda it: it.read_and_respond(gzip.compress(bytes(1 << 20)) * 160, "content-encoding: gzip"),
    "deflate": lambda it: it.read_and_respond(zlib.compress(bytes(SIZE)), "content-encoding: deflate"),
    "chunk-of-any-size": lambda it: _flood(it, CHUNKED + b"ffffffffffffffff\r\n", bytes(1 << 16)),
    "declared": lambda it: _flood(it, b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n", bytes(1 << 16)),
    "without-length": lambda it: _flood(it, b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", bytes(1 << 16)),
    "endless-body": FAULTS["endless-body"],
    "endless-head": lambda it: _flood(it, b"HTTP/1.1 200 OK\r\nx: ", b"x" * (1 << 16)),
    "endless-hints": lambda it: _flood(it, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000),
    "drip": FAULTS["drip-body"],
}


def peak() -> int:
    """The most bytes that this process ever had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


async def survivors(surface: str, url: str) -> dict[str, Any]:
    """What becomes of each, and how much memory they took together."""
    ends: dict[str, str] = {}
    async with client_of(surface, url, timeout=TIMEOUT, max_attempts=1) as client:
        await client.request("GET", "/echo")
        before = peak()
        for name in BOMBS:
            try:
                await client.request("GET", f"/{name}")
                ends[name] = "is taken"
            except CallError as error:
                ends[name] = type(error).__name__
            await client.request("GET", "/echo")
    return {"ends": ends, "grown": peak() - before}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], survivors, *sys.argv[1:])))
