"""HTTP with httpcore, and with httpx's client for the requests that need it.

A request needs httpx's client if `httpx_settings` has hooks, auth, cookies, params, mounts or a transport, if its URL
has to be percent-encoded, or if a test mock has replaced a part of httpx. All other requests go to httpcore directly,
equal to what httpx would send, and httpx is not even imported. Cookies that a server sets are kept only if
`httpx_settings` has `cookies`, even empty ones.
"""

from __future__ import annotations

from prefectkit.transports.http.async_transport import AsyncHTTPTransport
from prefectkit.transports.http.sync_transport import HTTPTransport
from prefectkit.transports.wire.settings import HTTPSettings

__all__ = ["AsyncHTTPTransport", "HTTPSettings", "HTTPTransport"]
