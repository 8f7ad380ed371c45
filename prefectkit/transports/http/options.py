"""The options of an HTTP transport: the SDK's settings and the caller's `httpx_settings`, validated and merged."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import httpcore
import msgspec

from prefectkit.core.errors import ConfigError
from prefectkit.transports.wire import tls
from prefectkit.transports.wire.proxies import environment_proxy
from prefectkit.transports.wire.settings import HTTPSettings

# Importing httpx takes 30 ms, and most programs do not need it.
if TYPE_CHECKING:
    import httpx

CLIENT_KEYS = frozenset({
    "auth", "cookies", "default_encoding", "event_hooks", "headers", "params",
})  # fmt: skip
POOL_KEYS = frozenset({
    "cert", "http1", "http2", "limits", "mounts", "proxy", "timeout", "transport", "trust_env", "verify",
})  # fmt: skip
# For the engine, which follows redirects itself: httpx would send every header to any server.
ENGINE_KEYS = frozenset({"follow_redirects", "max_redirects"})
KNOWN_KEYS = CLIENT_KEYS | POOL_KEYS | ENGINE_KEYS
DEFAULT_HEADERS = {"accept": "*/*", "accept-encoding": "gzip", "connection": "keep-alive"}
HTTPX_KEYS = (CLIENT_KEYS - {"headers"}) | {"mounts", "transport"}
"""The keys that need httpx's own client; the others say how to connect, and for how long."""


class Limits(NamedTuple):
    """As `httpx.Limits`, without importing httpx."""

    max_connections: int | None
    max_keepalive_connections: int | None
    keepalive_expiry: float | None


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of an HTTP transport.

    Attributes:
        client: Arguments of `httpx.Client`, without transport and mounts.
        headers: The headers of every request, by lower-case name; None if each request needs httpx.
        custom: The caller's own httpx transport.
        mounts: The caller's own httpx mounts.
        proxy: The proxy to go through.
        limits: The limits of the connection pool.
        steps: Seconds for each of connecting, reading, writing and waiting for the pool; empty for no limits.
        http1, http2: The versions of HTTP to use.
        verify: A TLS context, or whether to verify the server's certificate.
        ca_file, cert: The certificates to trust, and the client certificate.
        max_body_bytes: The largest response.
    """

    client: dict[str, Any]
    headers: dict[str, str] | None
    custom: Any
    mounts: dict[str, Any]
    proxy: httpx.Proxy | None
    limits: httpx.Limits | Limits
    steps: Mapping[str, float | None]
    http1: bool
    http2: bool
    verify: ssl.SSLContext | bool
    ca_file: str | None
    cert: tls.Certificate | None
    max_body_bytes: int

    @property
    def uses_own_pool(self) -> bool:
        """Whether every request uses the connection pool of this package."""
        return self.custom is None and not self.mounts

    def context(self) -> ssl.SSLContext:
        """The TLS context of the pool."""
        if isinstance(self.verify, ssl.SSLContext):
            if self.cert is not None:
                tls.load_certificate(self.verify, self.cert)
            return self.verify
        if self.cert is not None:
            return tls.own_context(self.verify, self.ca_file, self.cert)
        return tls.shared_context(self.verify, self.ca_file, self.http2)

    def pool(self, base_url: str) -> dict[str, Any]:
        """The arguments of an `httpcore.ConnectionPool` with one connection."""
        # For http:// no TLS context is needed, and httpcore makes none.
        secure = base_url.startswith("https:")
        return {
            "ssl_context": self.context() if secure else None,
            "proxy": None if self.proxy is None else self._proxy(self.proxy),
            "max_connections": 1,
            "keepalive_expiry": self.limits.keepalive_expiry,
            "http1": self.http1,
            "http2": self.http2,
        }

    def _proxy(self, proxy: httpx.Proxy) -> httpcore.Proxy:
        url = proxy.url
        context = proxy.ssl_context
        if url.scheme == "https" and context is None:
            context = self.context()
        return httpcore.Proxy(
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            auth=proxy.raw_auth,
            headers=proxy.headers.raw,
            ssl_context=context,
        )


def resolve(
    base_url: str, httpx_settings: Mapping[str, Any] | None, settings: HTTPSettings | None, *, required_method: str
) -> Options:
    """Validate and merge the settings of a transport.

    Args:
        base_url: The root of the API.
        httpx_settings: Keyword arguments of `httpx.Client` or `httpx.AsyncClient`. Not modified.
        settings: The settings of the SDK.
        required_method: The method that a transport of the caller must have.

    Raises:
        ConfigError: A key is unknown or cannot be used here, or a value cannot be used.
    """
    settings = settings or HTTPSettings()
    arguments = dict(httpx_settings or {})
    _check(arguments, required_method)
    http2 = arguments.get("http2", settings.http2)
    if http2 and find_spec("h2") is None:
        raise ConfigError("HTTP/2 needs the package h2: pip install 'httpx[http2]', or turn http2 off")
    proxy = arguments.get("proxy")
    if proxy is None and arguments.get("transport") is None and arguments.get("trust_env", True):
        proxy = environment_proxy(base_url)
    verify: ssl.SSLContext | bool | str = arguments.get("verify", settings.verify)
    ca_file = settings.ca_file
    if isinstance(verify, str):
        ca_file, verify = verify, True
    headers = (
        None if any(arguments.get(key) is not None for key in HTTPX_KEYS) else _plain_headers(arguments.get("headers"))
    )
    return Options(
        client={key: value for key, value in arguments.items() if key in CLIENT_KEYS},
        headers=None if headers is None else {**DEFAULT_HEADERS, **headers, "accept-encoding": "gzip"},
        custom=arguments.get("transport"),
        mounts=dict(arguments.get("mounts") or {}),
        proxy=None if proxy is None else _parse_proxy(proxy),
        limits=arguments.get("limits") or _limits(base_url, settings),
        steps=_step_timeouts(arguments.get("timeout")),
        http1=arguments.get("http1", True),
        http2=http2,
        verify=verify,
        ca_file=ca_file,
        cert=arguments.get("cert"),
        max_body_bytes=settings.max_body_bytes,
    )


def _check(arguments: dict[str, Any], required_method: str) -> None:
    for key in ("app", "base_url"):
        if key in arguments:
            raise ConfigError(f"httpx_settings cannot have {key!r}: pass the server as api=... instead")
    unknown = sorted(arguments.keys() - KNOWN_KEYS)
    if unknown:
        known = ", ".join(sorted(KNOWN_KEYS))
        raise ConfigError(f"httpx_settings has the unknown key {unknown[0]!r}; known are {known}")
    headers: Any = arguments.get("headers")
    pairs: dict[Any, Any] = headers if headers.__class__ is dict else {}
    for name, value in pairs.items():
        if not isinstance(value, (str, bytes)):
            raise ConfigError(f"header {name!r} in httpx_settings must be text, got {type(value).__name__}")
    mounts: dict[str, Any] = arguments.get("mounts") or {}
    for transport in (arguments.get("transport"), *mounts.values()):
        if transport is not None and not hasattr(transport, required_method):
            raise ConfigError(f"httpx_settings has a transport without {required_method}(): {type(transport).__name__}")


def _limits(base_url: str, settings: HTTPSettings) -> Limits:
    return Limits(settings.max_connections, settings.max_keepalive_connections, settings.expiry(base_url))


def _plain_headers(headers: Any) -> dict[str, str] | None:
    """Headers by lower-case name; None if only httpx can read them: another type, not ASCII, repeated names."""
    if headers is None:
        return {}
    if headers.__class__ is not dict:
        return None
    pairs: dict[Any, Any] = headers
    if not all(isinstance(text, str) and text.isascii() for text in (*pairs, *pairs.values())):
        return None
    by_name: dict[str, str] = {name.lower(): value for name, value in pairs.items()}
    return by_name if len(by_name) == len(pairs) else None


def _step_timeouts(timeout: Any) -> Mapping[str, float | None]:
    if timeout is None:
        return {}
    import httpx

    try:
        steps = httpx.Timeout(timeout).as_dict()
        if all(seconds is None or seconds >= 0 for seconds in steps.values()):
            return steps
    except (TypeError, ValueError):
        pass
    raise ConfigError(f"the timeout in httpx_settings must be seconds, or an httpx.Timeout, got {timeout!r}")


def _parse_proxy(proxy: httpx.Proxy | httpx.URL | str) -> httpx.Proxy:
    import httpx

    try:
        parsed = proxy if isinstance(proxy, httpx.Proxy) else httpx.Proxy(proxy)
    except (ValueError, TypeError, httpx.InvalidURL):
        # The URL may contain a password.
        raise ConfigError(
            "the proxy is not a URL: it must look like 'http://host:3128' or 'socks5://host:1080'"
        ) from None
    if parsed.url.scheme.startswith("socks5") and find_spec("socksio") is None:
        raise ConfigError("a SOCKS proxy needs the package socksio: pip install 'httpx[socks]'")
    return parsed
