"""The registry of transports: the built-in ones by name and by URL scheme. Plugins add theirs.

A key that ends in `://` is a URL scheme, as in `Prefect("http://...")`; any other key is a name, as in
`Prefect(transport="http")`.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from prefectkit.core.errors import ConfigError
from prefectkit.core.transport import AsyncTransport, Target, Transport, TransportFactory

# Each is imported when it is made: a client of an app in this process needs no HTTP library.


def http(target: Target) -> Transport | AsyncTransport:
    """HTTP, with all settings of httpx."""
    require_url(target, "http")
    from prefectkit.transports.http import AsyncHTTPTransport, HTTPSettings, HTTPTransport

    kind = HTTPTransport if target.sync else AsyncHTTPTransport
    return kind(
        base_url=target.url,
        httpx_settings=target.httpx_settings,
        settings=HTTPSettings.of(target.settings, is_cloud=target.is_cloud),
    )


def asgi(target: Target) -> Transport | AsyncTransport:
    """An ASGI app in this process."""
    if target.app is None:
        raise ConfigError("transport 'asgi' needs an ASGI app: pass it as api")
    _refuse_httpx_settings(target)
    from prefectkit.transports.asgi import ASGITransport, AsyncASGITransport

    return ASGITransport(target.app) if target.sync else AsyncASGITransport(target.app)


def embedded(target: Target) -> Transport | AsyncTransport:
    """A Prefect server in this process, with data of its own."""
    _refuse_httpx_settings(target)
    from prefectkit.transports.embedded import embedded_transport

    return embedded_transport(
        sync=target.sync, startup_timeout=target.settings.server_ephemeral_startup_timeout_seconds
    )


def aiohttp(target: Target) -> AsyncTransport:
    """HTTP with aiohttp, for an async client on asyncio."""
    require_url(target, "aiohttp")
    if target.sync:
        raise ConfigError("transport 'aiohttp' is for AsyncPrefect: leave it out for Prefect")
    if target.httpx_settings:
        raise ConfigError(f"httpx_settings {sorted(target.httpx_settings)} have no effect on transport 'aiohttp'")
    if find_spec("aiohttp") is None:
        raise ConfigError("transport 'aiohttp' needs a package: pip install 'prefectkit[aiohttp]'")
    from prefectkit.transports.aiohttp import AiohttpTransport, HTTPSettings

    settings = HTTPSettings.of(target.settings, is_cloud=target.is_cloud)
    return AiohttpTransport(base_url=target.url, settings=settings)


BUILT_IN: Final[dict[str, TransportFactory]] = {
    "aiohttp": aiohttp,
    "asgi": asgi,
    "embedded": embedded,
    "http": http,
    "http://": http,
    "https://": http,
}


def require_url(target: Target, name: str) -> None:
    """Raise if the API is an app, for a transport that needs a URL."""
    if target.app is not None:
        raise ConfigError(f"transport {name!r} speaks to a URL, and api is an app: leave the transport out")


def _refuse_httpx_settings(target: Target) -> None:
    if target.httpx_settings:
        raise ConfigError(f"httpx_settings {sorted(target.httpx_settings)} have no effect on an API in this process")
