"""What moves the bytes: HTTP, an ASGI app in this process, a recording. The only place that imports an HTTP library.

`Transport` and `AsyncTransport` are all that a client needs of one; yours needs no more.
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
