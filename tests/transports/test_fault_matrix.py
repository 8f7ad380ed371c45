"""Every fault of the catalogue, on every HTTP transport: what a caller may rely on, whatever goes wrong."""

from __future__ import annotations

import pytest

from prefectkit.core.errors import TransportError
from prefectkit.core.http.messages import Response
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.wire.settings import HTTPSettings
from tests.faults import FAULTS, FaultServer
from tests.report import Capture, say
from tests.transports.http_senders import ALL_KINDS, Send, eventually, run, sockets

METHODS = ("GET", "POST", "DELETE")
SETTINGS = HTTPSettings(max_body_bytes=1 << 20)


def what_broke(kind: str, server: FaultServer, method: str, name: str) -> list[str]:
    """The promises that a transport did not keep."""
    broken: list[str] = []

    def check(promise: str, kept: bool) -> None:
        if not kept:
            broken.append(promise)

    def script(send: Send) -> None:
        # Some libraries send again what fails on a connection that was used before.
        assert send("/echo").status == 200
        before = len(server.received)
        try:
            outcome: Response | TransportError = send(f"/{name}", method=method, body=b"{}", timeout=0.15)
        except TransportError as error:
            outcome = error
        if name == "close-idle":
            # What is sent before that is known may be lost.
            eventually(lambda: not server.open)
        arrived = len(server.received) - before
        check("sent once", arrived <= 1)
        check("a response has a request", isinstance(outcome, TransportError) or arrived == 1)
        check("nothing was sent", not (arrived and getattr(outcome, "phase", None) is Phase.NOTHING_SENT))
        check("the next one succeeds", send("/echo").status == 200)

    open_before = sockets()
    try:
        run(kind, server.url, script, settings=SETTINGS)
    except Exception as error:
        check(f"raises no {type(error).__name__}", False)
    check("sockets are closed", eventually(lambda: sockets() <= open_before))
    return broken


@pytest.mark.slow
@pytest.mark.parametrize("kind", ALL_KINDS)
def test_what_survives(kind: str, capsys: Capture) -> None:
    with FaultServer() as server:
        # The server's own sockets must not count.
        cells = {
            (method, name): what_broke(kind, server, method, name) if eventually(lambda: not server.open) else ["idle"]
            for method in METHODS
            for name in FAULTS
        }
    lost = {cell: broken for cell, broken in cells.items() if broken}
    say(capsys, f"{kind}: survived {len(cells) - len(lost)}/{len(cells)}")
    assert lost == {}
