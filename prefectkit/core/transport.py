"""The transport protocol, between the engine and the network, for both clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from prefectkit.core.http.messages import Request, Response

if TYPE_CHECKING:
    from prefectkit.core.settings import Settings


class Transport(Protocol):
    """Sends the requests of a sync client.

    `send` returns the response whatever its status, and never raises for a status. A failure below HTTP is raised as a
    `TransportError`, whose phase says how far the request came. It gives up after `request.timeout` seconds.
    It may return a whole body although the request has `stream`.
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
    """Sends the requests of an async client: see `Transport`."""

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
    """The arguments for making a transport.

    Attributes:
        sync: For a sync client: a `Transport`; else an `AsyncTransport`.
        url: The API's root, without a trailing slash. For an API in this process: a host name that cannot be resolved.
        settings: Those of the client.
        app: The ASGI app that serves the API; None for a URL.
        is_cloud: Whether it is Prefect Cloud.
        httpx_settings: The user's argument of this name. A transport refuses settings that it does not support.
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
"""Makes a transport for the sync or async client of the target; raises `ConfigError` if it cannot."""
