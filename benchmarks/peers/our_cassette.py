"""Our cassette, replayed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.data import RECORDED
from benchmarks.peers import Operations
from prefectkit import AsyncPrefect, Prefect
from prefectkit.transports import AsyncCassetteTransport, CassetteTransport, Transport


@contextmanager
def blocking(url: str) -> Generator[Operations]:
    """`Prefect` over a cassette."""
    with _recorded(url) as tape:
        ids = cycle(RECORDED)
        with Prefect(url, transport=CassetteTransport(tape, allow_repeats=True)) as client:
            yield {"read": lambda: client.flow_runs.read(next(ids))}


@contextmanager
def whole(url: str) -> Generator[Operations]:
    """A cassette from its opening to its end, with a new client."""
    with _recorded(url) as tape:

        def whole() -> None:
            with Prefect(url, transport=CassetteTransport(tape)) as client:
                for run_id in RECORDED:
                    client.flow_runs.read(run_id)

        yield {"whole": whole}


@asynccontextmanager
async def awaited(url: str) -> AsyncGenerator[Operations]:
    """`AsyncPrefect` over a cassette."""
    with _recorded(url) as tape:
        ids = cycle(RECORDED)
        async with AsyncPrefect(url, transport=AsyncCassetteTransport(tape, allow_repeats=True)) as client:
            yield {"read": lambda: client.flow_runs.read(next(ids))}


@contextmanager
def _recorded(url: str) -> Generator[Path]:
    with TemporaryDirectory() as folder:
        tape = Path(folder, "runs.jsonl")

        def recording(transport: Transport) -> Transport:
            return CassetteTransport(tape, transport, mode="rewrite")

        with Prefect(url, transport=recording) as client:
            for run_id in RECORDED:
                client.flow_runs.read(run_id)
        yield tape
