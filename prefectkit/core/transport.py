"""The seam between the engine and the network: one verb and a close, for either client."""

from __future__ import annotations

from typing import Protocol

from prefectkit.core.messages import Request, Response


class Transport(Protocol):
    """Moves bytes for a sync client. One verb and a close.

    `send` answers with whatever status came and never raises for one. What went wrong below HTTP it raises as a
    `TransportError`, with the phase that says how far the request came. It gives up after `request.timeout` seconds.
    It may answer a request with `stream` with a whole body.
    """

    def send(self, request: Request) -> Response: ...

    def close(self) -> None: ...


class AsyncTransport(Protocol):
    """Moves bytes for an async client: see `Transport`."""

    async def send(self, request: Request) -> Response: ...

    async def aclose(self) -> None: ...
