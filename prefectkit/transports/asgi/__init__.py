"""ASGI transports: an ASGI app in this process in place of a server."""

from prefectkit.transports.asgi.transport import ASGITransport, AsyncASGITransport

__all__ = ["ASGITransport", "AsyncASGITransport"]
