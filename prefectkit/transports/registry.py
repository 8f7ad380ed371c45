"""The built-in transports, by name and by URL scheme; plugins add theirs to the same table.

A key that ends in `://` is the scheme of a URL, `Prefect("http://...")`; any other is a name,
`Prefect(transport="http")`.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from prefectkit.core.errors import ConfigError
from prefectkit.core.transport import AsyncTransport, Target, Transport, TransportFactory

# Each is imported where it is made: a client in this process needs no HTTP library.


def http(target: Target) -> Transport | AsyncTransport:
    """HTTP, with whatever httpx can be set to."""
    need_url(target, "http")
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
    """The real server in this process, with its own data."""
    _refuse_httpx_settings(target)
    from prefectkit.transports.embedded import embedded_transport

    return embedded_transport(
        sync=target.sync, startup_timeout=target.settings.server_ephemeral_startup_timeout_seconds
    )


def aiohttp(target: Target) -> AsyncTransport:
    """HTTP with aiohttp, for an async client on asyncio."""
    need_url(target, "aiohttp")
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


def need_url(target: Target, name: str) -> None:
    """Refuse an app, where a transport speaks to a URL only."""
    if target.app is not None:
        raise ConfigError(f"transport {name!r} speaks to a URL, and api is an app: leave the transport out")


def _refuse_httpx_settings(target: Target) -> None:
    if target.httpx_settings:
        raise ConfigError(f"httpx_settings {sorted(target.httpx_settings)} have no effect on an API in this process")
