"""Transports send requests: over HTTP, to an ASGI app in this process, or from a cassette.

Only this package imports an HTTP library. A transport of your own implements `Transport` or `AsyncTransport`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit.core.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from prefectkit.core.transport import AsyncTransport as AsyncTransport
    from prefectkit.core.transport import Transport as Transport
    from prefectkit.transports.asgi import ASGITransport as ASGITransport
    from prefectkit.transports.asgi import AsyncASGITransport as AsyncASGITransport
    from prefectkit.transports.cassette import AsyncCassetteTransport as AsyncCassetteTransport
    from prefectkit.transports.cassette import CassetteTransport as CassetteTransport
    from prefectkit.transports.http import AsyncHTTPTransport as AsyncHTTPTransport
    from prefectkit.transports.http import HTTPTransport as HTTPTransport
else:
    __all__, __getattr__, __dir__ = lazy_exports(__name__)
