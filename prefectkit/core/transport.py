"""The seam between the engine and the network: one verb and a close, for either client, and how one is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from prefectkit.core.http.messages import Request, Response

if TYPE_CHECKING:
    from prefectkit.core.settings import Settings


class Transport(Protocol):
    """Moves bytes for a sync client. One verb and a close.

    `send` returns the response whatever its status, and never raises for one. What went wrong below HTTP it raises as a
    `TransportError`, with the phase that says how far the request came. It gives up after `request.timeout` seconds.
    It may return a whole body for a request with `stream`.
    """

    def send(self, request: Request) -> Response:
        """Send one request and return its response, whatever the status.

        Args:
            request: The request to send.

        Raises:
            TransportError: There is no whole response.
        """
        ...

    def close(self) -> None:
        """Release the connections."""
        ...


class AsyncTransport(Protocol):
    """Moves bytes for an async client: see `Transport`."""

    async def send(self, request: Request) -> Response:
        """Send one request and return its response, whatever the status.

        Args:
            request: The request to send.

        Raises:
            TransportError: There is no whole response.
        """
        ...

    async def aclose(self) -> None:
        """Release the connections."""
        ...


class Target(NamedTuple):
    """What a client asks a transport for.

    Attributes:
        sync: For a sync client: a `Transport`; else an `AsyncTransport`.
        url: The API's root, without a trailing slash. A name that no resolver knows for an API in this process.
        settings: Those of the client.
        app: The ASGI app that is the API; None for one behind a URL.
        is_cloud: It is Prefect Cloud.
        httpx_settings: What the user passed under this name. A transport refuses what it has no use for.
    """

    sync: bool
    url: str
    settings: Settings
    app: Any = None
    is_cloud: bool = False
    httpx_settings: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        # The settings of httpx may hold passwords and keys.
        return f"<Target {self.url}>"


TransportFactory: TypeAlias = Callable[[Target], Transport | AsyncTransport]
"""Makes a transport, of the kind that the target's client needs; a `ConfigError` says why it cannot."""
