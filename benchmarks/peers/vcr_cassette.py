"""vcrpy's cassette, replayed to httpx."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from benchmarks.data import RECORDED
from benchmarks.peers import Operations

# It has no types.
_VCR: Any = import_module("vcr").VCR()


@contextmanager
def blocking(url: str) -> Generator[Operations]:
    """`httpx.Client` over a cassette."""
    with _recorded(url) as tape:
        ids = cycle(RECORDED)
        with _VCR.use_cassette(str(tape), record_mode="none", allow_playback_repeats=True):
            with httpx.Client(base_url=url) as client:
                yield {"read": lambda: client.get(f"/flow_runs/{next(ids)}").json()}


@contextmanager
def whole(url: str) -> Generator[Operations]:
    """A cassette from its opening to its end, with a new client."""
    with _recorded(url) as tape:

        def whole() -> None:
            with _VCR.use_cassette(str(tape), record_mode="none"), httpx.Client(base_url=url) as client:
                for run_id in RECORDED:
                    client.get(f"/flow_runs/{run_id}").json()

        yield {"whole": whole}


@asynccontextmanager
async def awaited(url: str) -> AsyncGenerator[Operations]:
    """`httpx.AsyncClient` over a cassette."""
    with _recorded(url) as tape:
        ids = cycle(RECORDED)
        with _VCR.use_cassette(str(tape), record_mode="none", allow_playback_repeats=True):
            async with httpx.AsyncClient(base_url=url) as client:

                async def read() -> Any:
                    return (await client.get(f"/flow_runs/{next(ids)}")).json()

                yield {"read": read}


@contextmanager
def _recorded(url: str) -> Generator[Path]:
    with TemporaryDirectory() as folder:
        tape = Path(folder, "runs.yaml")
        with _VCR.use_cassette(str(tape), record_mode="all"), httpx.Client(base_url=url) as client:
            for run_id in RECORDED:
                client.get(f"/flow_runs/{run_id}")
        yield tape
