"""`python -m tests.iteration_memory sync|async PREFETCH`: prints how many rows it iterated over, and the peak memory.

A process of its own: tracing memory beside the threads of the real server's Rust parts can crash the interpreter.
"""

from __future__ import annotations

import sys
import tracemalloc

import anyio
import msgspec

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.http.messages import Request, Response
from tests.fakes import URL, response

ROWS = 100_000
PAGE = 200


class PagedTransport:
    """Responds with pages of a number of flows, each made when it is requested."""

    def __init__(self, rows: int) -> None:
        self.rows = rows

    def send(self, request: Request) -> Response:
        offset = msgspec.json.decode(request.body)["offset"]
        rows = [
            {"id": f"00000000-0000-4000-8000-{number:012d}", "name": f"flow {number}", "labels": {"text": "x" * 100}}
            for number in range(offset, min(offset + PAGE, self.rows))
        ]
        return response(rows)

    def close(self) -> None:
        pass


class AsyncPagedTransport:
    def __init__(self, rows: int) -> None:
        self._inner = PagedTransport(rows)

    async def send(self, request: Request) -> Response:
        return self._inner.send(request)

    async def aclose(self) -> None:
        pass


def count(rows: int, prefetch: bool) -> int:
    with Prefect(URL, transport=PagedTransport(rows)) as client:
        return sum(1 for _ in client.with_options(prefetch=prefetch).flows.iterate())


def count_async(rows: int, prefetch: bool) -> int:
    async def main() -> int:
        number = 0
        async with AsyncPrefect(URL, transport=AsyncPagedTransport(rows)) as client:
            async for _ in client.with_options(prefetch=prefetch).flows.iterate():
                number += 1
        return number

    return anyio.run(main)


if __name__ == "__main__":
    counted = {"sync": count, "async": count_async}[sys.argv[1]]
    # Memory that is allocated once, at the first use.
    counted(3 * PAGE, sys.argv[2] == "True")
    tracemalloc.start()
    print(counted(ROWS, sys.argv[2] == "True"), tracemalloc.get_traced_memory()[1])
