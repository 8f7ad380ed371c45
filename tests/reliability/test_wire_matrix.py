"""Every way in which the wire can fail x an operation of every kind x every client: what a caller may rely on."""

from __future__ import annotations

import logging
import threading
from functools import partial

import pytest

from prefectkit.core.errors import RedirectError, ResponseDecodeError, ServerError, TransportError
from prefectkit.transports.http import HTTPSettings
from tests.faults import FAULTS, Connection
from tests.faults.catalogue import CHUNKED
from tests.faults.ledger import LedgerServer
from tests.faults.server import Fault
from tests.reliability.bench import SOAK, SURFACES, client_of, run
from tests.reliability.cells import SECRET, Broken, Cell, Faults, settled
from tests.reliability.operations import KINDS
from tests.report import Capture, say

# One connection, so that a call which keeps it is noticed by the next.
SETTINGS = HTTPSettings(max_connections=1, max_body_bytes=1 << 20)


def _refuse(connection: Connection, status: str, *headers: str) -> bool:
    """Respond without having done anything."""
    connection.take()
    return connection.respond(b'{"detail":"not now"}', *headers, status=status)


def _fail(connection: Connection, status: str, *headers: str) -> bool:
    """Do what was asked, and respond that it went wrong."""
    return connection.read_and_respond(b'{"detail":"broken"}', *headers, status=status)


def _continued(connection: Connection, times: int) -> bool:
    """Say to go on, and then respond."""
    connection.read()
    connection.send(b"HTTP/1.1 100 Continue\r\n\r\n" * times)
    return connection.respond(b"{}")


REFUSALS: dict[str, Fault] = {
    "425": partial(_refuse, status="425 Too Early"),
    "429": partial(_refuse, status="429 Too Many Requests"),
    "429 and when": lambda connection: _refuse(connection, "429 Too Many Requests", "retry-after: 0"),
}
FAILURES: dict[str, Fault] = {
    "408": partial(_fail, status="408 Request Timeout"),
    "502": partial(_fail, status="502 Bad Gateway"),
    "503": partial(_fail, status="503 Service Unavailable"),
    "503 and a date": lambda connection: _fail(connection, "503 Busy", "retry-after: Wed, 21 Oct 2015 07:28:00 GMT"),
    "503 and nan": lambda connection: _fail(connection, "503 Busy", "retry-after: nan"),
    "503 and in a year": lambda connection: _fail(connection, "503 Busy", "retry-after: 31536000"),
    "504": partial(_fail, status="504 Gateway Timeout"),
}
ODD: dict[str, Fault] = {
    "099": lambda connection: connection.cut(b"HTTP/1.1 099 Odd\r\ncontent-length: 2\r\n\r\n{}"),
    "101": lambda connection: connection.cut(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    "100 three times": lambda connection: _continued(connection, 3),
    "both lengths": lambda connection: connection.cut(CHUNKED[:-2] + b"content-length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
    "two bodies": lambda connection: connection.read_and_respond(b"{}{}", "content-type: application/json"),
}
UNREADABLE = {
    "bomb": TransportError,
    "deflate": TransportError,
    "double-bomb": TransportError,
    "endless-body": TransportError,
    "html": ResponseDecodeError,
    "redirect": RedirectError,
    "unknown-coding": TransportError,
}
WIRE = Faults(
    every={**FAULTS, **REFUSALS, **FAILURES, **ODD},
    hanging={"hang", "hang-body", "drip-body", "drip-headers", "endless-hints", "read-slowly"},
    refused=REFUSALS.keys(),
    final={**UNREADABLE, "503 and in a year": ServerError},
    final_for_all=UNREADABLE.keys(),
)


# The other library has tests of its own for each fault; here it takes part where there is time for it.
@pytest.mark.parametrize("surface", (*SURFACES, "aiohttp") if SOAK else SURFACES)
def test_what_survives(surface: str, capsys: Capture, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "prefectkit")
    cells: dict[tuple[str, str], Broken] = {}
    faults = WIRE.every.keys()

    async def main(server: LedgerServer) -> None:
        for fault in sorted(faults):
            # A client of its own, as each has tokens for so many attempts only.
            async with client_of(surface, server.api, settings=SETTINGS, api_key=SECRET) as client:
                for kind in KINDS:
                    # The next call of each makes the connection that it starts with.
                    assert await client.variables.read_by_name("first")
                    assert await settled(lambda: server.open <= 1)
                    cells[fault, kind] = await Cell(client, server, WIRE, fault, kind).run()

    threads = threading.active_count()
    with LedgerServer() as server:
        run(surface, main, server)
    lost = {cell: broken for cell, broken in cells.items() if broken}
    say(capsys, f"T1 wire matrix, {surface}: survived {len(cells) - len(lost)}/{len(cells)}")
    assert lost == {}
    assert len(cells) == len(faults) * len(KINDS)
    assert threading.active_count() <= threads
    assert SECRET not in caplog.text
