"""A client that loses the first response to one operation, after the server has applied it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from prefectkit.core.errors import IncompleteResponse
from prefectkit.core.http.messages import Request, Response
from prefectkit.plugins import hookimpl
from tests.real_server import RealServer
from tests.surfaces import SURFACES, Awaited, open_client

# How the server is reached makes no difference to what a lost response means.
OVER_HTTP = tuple(surface for surface in SURFACES if surface.endswith("http")) or SURFACES


class Losses:
    """A plugin that notes how a call went, and what it was that was lost.

    Attributes:
        armed: Whether the next response is to be lost.
        sent: How often the operation was sent since.
        lost: The response that was lost.
        deduplicated: Whether the call's response was marked as a repetition.
        once: What `look` saw when the response was lost.
    """

    def __init__(self, operation: str, look: Callable[[], object] = lambda: None) -> None:
        self.operation = operation
        self.look = look
        self.armed = False
        self.sent = 0
        self.lost: Response | None = None
        self.deduplicated: bool | None = None
        self.once: object = None

    @hookimpl
    def after_call(self, call: Any, response: Any) -> None:
        if call.operation.name == self.operation:
            self.deduplicated = response.deduplicated

    def arm(self) -> None:
        """Lose the next response."""
        self.armed = True
        self.sent = 0

    def passed(self, request: Request, response: Response) -> Response:
        """The response, unless it is the one to be lost."""
        if request.operation is None or request.operation.name != self.operation:
            return response
        self.sent += 1
        if not self.armed:
            return response
        self.armed = False
        self.lost = response
        self.once = self.look()
        raise IncompleteResponse("the response was lost")


@asynccontextmanager
async def losing(surface: str, server: RealServer, operation: str) -> AsyncIterator[tuple[Awaited, Losses]]:
    """A client of the real server that loses a response, to await whichever surface it has.

    It sends again at once. Where a write of the server's own was in the way it has undone what was asked, and says
    503: that is sent again, too.
    """
    losses = Losses(operation)
    async with open_client(surface, server, plugins=[losses]) as client:
        engine: Any = client.target._engine
        engine._random = lambda low, high: low
        io = engine.io
        send = io.send

        async def send_and_lose(request: Request) -> Response:
            for _ in range(100):
                response = await send(request)
                if response.status != 503:
                    return losses.passed(request, response)
                await io.sleep(0.02)
            raise AssertionError("the server's database is never free")

        io.send = send_and_lose
        yield client, losses
