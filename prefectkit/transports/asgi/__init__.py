"""An ASGI app in this process as a transport: `transport.py` for the way in, `exchange.py` for one request."""

from prefectkit.transports.asgi.transport import ASGITransport, AsyncASGITransport

__all__ = ["ASGITransport", "AsyncASGITransport"]
