"""Bodies that are short on the wire and made to keep a client busy: each ends in time, as an error that says why."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from prefectkit.core.errors import PrefectKitError, ResponseDecodeError, ServerError, TransportError
from tests.faults import Connection, FaultServer
from tests.faults.server import Fault
from tests.reliability.bench import SURFACES, client_of, run, size
from tests.report import Capture, say

ID = "00000000-0000-4000-8000-000000000001"
ROW: dict[str, Any] = {"id": ID, "name": "x", "flow_id": ID}
TIMES = ("created", "updated", "expected_start_time", "next_scheduled_start_time", "start_time", "end_time")
ROWS = size(2_000, 100_000)
LONGEST = size(15, 60)
JSON_SIZE = size(8, 60) << 20


def _response(body: bytes, status: str = "200 OK") -> Fault:
    packed = gzip.compress(body, 1)
    return lambda it: it.read_and_respond(
        packed, "content-encoding: gzip", "content-type: application/json", status=status
    )


def _many(item: bytes) -> bytes:
    return b"[" + b",".join([item] * (JSON_SIZE // (len(item) + 1))) + b"]"


def _staggered() -> bytes:
    odd = [{**ROW, name: "2024-01-01T24:00:00Z"} for name in TIMES]
    return json.dumps([ROW] * ROWS + odd + [{**ROW, "end_time": "never"}]).encode()


BODIES: dict[str, tuple[Fault, type[PrefectKitError]]] = {
    "quotes": (_response(b'"token' * size(40_000, 400_000), "500 Oops"), ServerError),
    "quotes-in-json": (
        _response(json.dumps({"detail": '"token' * size(30_000, 400_000)}).encode(), "500 Oops"),
        ServerError,
    ),
    "blanks": (_response(b'"token"' + b" " * size(240_000, 2_400_000), "500 Oops"), ServerError),
    "staggered": (_response(_staggered()), ResponseDecodeError),
    "lists": (_response(_many(b"[]")), TransportError),
    "objects": (_response(_many(b"{}")), TransportError),
    "escaped-quotes": (_response(b'["' + b'\\"' * (JSON_SIZE // 2)), ResponseDecodeError),
}


class Hostile(FaultServer):
    def fault_of(self, connection: Connection) -> Fault:
        name = connection.head.split(b"/name/")[-1].split(b" ")[0].decode()
        return BODIES[name][0] if name in BODIES else BODIES["staggered"][0]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Hostile() as server:
        yield server.url


@pytest.fixture(autouse=True)
def no_csrf_token(monkeypatch: pytest.MonkeyPatch) -> None:
    # It would be a request of its own, which is answered in the same way.
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")


@pytest.mark.parametrize("surface", SURFACES)
def test_they_end_in_time(surface: str, url: str, capsys: Capture) -> None:
    async def main(name: str) -> None:
        async with client_of(surface, url, timeout=60, max_attempts=1, deadline=60) as client:
            with pytest.raises(BODIES[name][1]):
                await (client.flow_runs.list() if name == "staggered" else client.variables.read_by_name(name))

    seconds: dict[str, float] = {}
    for name in BODIES:
        started = time.monotonic()
        run(surface, main, name)
        seconds[name] = time.monotonic() - started
    survived = sum(spent < LONGEST for spent in seconds.values())
    slowest = max(seconds, key=lambda name: seconds[name])
    say(
        capsys,
        f"T25 hostile bodies, {surface}: survived {survived}/{len(BODIES)}, {seconds[slowest]:.1f} s ({slowest})",
    )
    assert survived == len(BODIES), seconds
