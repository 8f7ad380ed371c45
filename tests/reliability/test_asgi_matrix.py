"""Every way in which an app in this process can fail x an operation of every kind x every client."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.core.errors import TransportError
from prefectkit.transports.asgi import request_cycle
from tests.faults.ledger import Ledger, encoded
from tests.reliability.bench import SURFACES, run, without_waiting
from tests.reliability.cells import SECRET, Broken, Cell, Faults
from tests.reliability.operations import KINDS
from tests.report import Capture, say

Send = Callable[[Any], Awaitable[None]]


def start(status: int = 200, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(piece: bytes = b"", *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.response.body", "body": piece, "more_body": more}


async def raises(app: LedgerApp, send: Send) -> None:
    raise LookupError("broken")


async def raises_half_way(app: LedgerApp, send: Send) -> None:
    await send(start())
    await send(body(b'{"id":', more=True))
    raise LookupError("broken")


async def exits(app: LedgerApp, send: Send) -> None:
    raise SystemExit(3)


async def says_nothing(app: LedgerApp, send: Send) -> None:
    pass


async def has_no_end(app: LedgerApp, send: Send) -> None:
    await send(start())
    await send(body(b'{"id":', more=True))


async def is_too_short(app: LedgerApp, send: Send) -> None:
    await send(start(200, (b"content-length", b"1000")))
    await send(body(b'{"id":'))


async def is_too_long(app: LedgerApp, send: Send) -> None:
    await send(start(200, (b"content-length", b"2")))
    await send(body(b'{"id": 1}'))


async def hangs(app: LedgerApp, send: Send) -> None:
    await anyio.sleep_forever()


async def hangs_half_way(app: LedgerApp, send: Send) -> None:
    await send(start())
    await send(body(b'{"id":', more=True))
    await anyio.sleep_forever()


async def breaks_the_rules(app: LedgerApp, send: Send) -> None:
    await send(body(b"{}"))


async def has_a_body_with_204(app: LedgerApp, send: Send) -> None:
    await send(start(204))
    await send(body(b"unexpected"))


async def fails_afterwards(app: LedgerApp, send: Send) -> None:
    await app.respond(send)
    raise LookupError("afterwards")


APP = Faults(
    every={
        fault.__name__.replace("_", " "): fault
        for fault in (
            raises,
            raises_half_way,
            exits,
            says_nothing,
            has_no_end,
            is_too_short,
            is_too_long,
            hangs,
            hangs_half_way,
            breaks_the_rules,
            has_a_body_with_204,
            fails_afterwards,
        )
    },
    hanging={"hangs", "hangs half way"},
    final={"breaks the rules": TransportError},
)


class LedgerApp:
    """The ledger as an app, which goes wrong as it is told, after it has done what was asked."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.plan: deque[Any] = deque()
        self.events: list[str] = []
        self.due: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for event in ("startup", "shutdown"):
                await receive()
                self.events.append(event)
                await send({"type": f"lifespan.{event}.complete"})
            return
        message = await receive()
        self.due = self.ledger(scope["method"], scope["path"], message["body"])
        if self.plan and "csrf-token" not in scope["path"]:
            await self.plan.popleft()(self, send)
        else:
            await self.respond(send)

    async def respond(self, send: Send) -> None:
        """The right response."""
        status, data = encoded(self.due)
        await send(start(status, (b"content-type", b"application/json")))
        await send(body(data))


@pytest.mark.parametrize("surface", SURFACES)
def test_what_survives(
    surface: str, capsys: Capture, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How long an app that nobody waits for any more may go on.
    monkeypatch.setattr(request_cycle, "GRACE", 0.02)
    caplog.set_level(logging.CRITICAL, "prefectkit")
    cells: dict[tuple[str, str], Broken] = {}

    async def main() -> None:
        for fault in APP.every:
            app = LedgerApp()
            client: Any = (Prefect if surface == "sync" else AsyncPrefect)(app, api_key=SECRET)
            async with without_waiting(client) as opened:
                for kind in KINDS:
                    assert await opened.variables.read_by_name("first")
                    cells[fault, kind] = await Cell(opened, app, APP, fault, kind).run()
            assert app.events == ["startup", "shutdown"]

    run(surface, main)
    lost = {cell: broken for cell, broken in cells.items() if broken}
    say(capsys, f"T2 app matrix, {surface}: survived {len(cells) - len(lost)}/{len(cells)}")
    assert lost == {}
    assert len(cells) == len(APP.every) * len(KINDS) == 96
