"""HTTP over the wire, with httpx. Nothing else in the package imports httpx."""

from __future__ import annotations

from prefectkit.transports.http.aio import AsyncHTTPTransport
from prefectkit.transports.http.sync import HTTPTransport
from prefectkit.transports.wire.settings import HTTPSettings

__all__ = ["AsyncHTTPTransport", "HTTPSettings", "HTTPTransport"]
