"""HTTP over the wire, with httpcore, and with httpx's client for the requests that it adds something to.

That is so where `httpx_settings` has hooks, auth, cookies, params, mounts or a transport, where a URL has to be quoted,
and where a test double has replaced a part of httpx. All other requests are handed to httpcore as httpx would have
made them, and httpx is not even imported. Cookies that a server sets are kept where `cookies` is given, be it empty.
"""

from __future__ import annotations

from prefectkit.transports.http.aio import AsyncHTTPTransport
from prefectkit.transports.http.sync import HTTPTransport
from prefectkit.transports.wire.settings import HTTPSettings

__all__ = ["AsyncHTTPTransport", "HTTPSettings", "HTTPTransport"]
