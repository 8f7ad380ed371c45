"""What moves the bytes: HTTP, an ASGI app in this process, a recording. The only place that imports an HTTP library.

`Transport` and `AsyncTransport` are all that a client needs of one; yours needs no more.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from prefectkit.core.transport import AsyncTransport, Transport

if TYPE_CHECKING:
    from prefectkit.transports.asgi import ASGITransport, AsyncASGITransport
    from prefectkit.transports.cassette import AsyncCassetteTransport, CassetteTransport
    from prefectkit.transports.http import AsyncHTTPTransport, HTTPTransport

_HOMES = {
    "ASGITransport": "asgi",
    "AsyncASGITransport": "asgi",
    "AsyncCassetteTransport": "cassette",
    "AsyncHTTPTransport": "http",
    "CassetteTransport": "cassette",
    "HTTPTransport": "http",
}

__all__ = [
    "ASGITransport",
    "AsyncASGITransport",
    "AsyncCassetteTransport",
    "AsyncHTTPTransport",
    "AsyncTransport",
    "CassetteTransport",
    "HTTPTransport",
    "Transport",
]


def __getattr__(name: str) -> Any:
    # Only the HTTP transport needs an HTTP library, so each is imported when it is first used.
    if name not in _HOMES:
        raise AttributeError(f"module 'prefectkit.transports' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"prefectkit.transports.{_HOMES[name]}"), name)
    return value
