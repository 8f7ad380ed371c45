"""What a transport is made with: the SDK's settings and the caller's `httpx_settings`, checked and put together."""

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

# Importing httpx takes 30 ms, and a request that it adds nothing to does without it.
if TYPE_CHECKING:
    import httpx

CLIENT_KEYS = frozenset({
    "auth", "cookies", "default_encoding", "event_hooks", "headers", "params",
})  # fmt: skip
POOL_KEYS = frozenset({
    "cert", "http1", "http2", "limits", "mounts", "proxy", "timeout", "transport", "trust_env", "verify",
})  # fmt: skip
# The client follows redirects itself: httpx would take every header to whatever server is named.
ENGINE_KEYS = frozenset({"follow_redirects", "max_redirects"})
KNOWN_KEYS = CLIENT_KEYS | POOL_KEYS | ENGINE_KEYS
DEFAULT_HEADERS = {"accept": "*/*", "accept-encoding": "gzip", "connection": "keep-alive"}
HTTPX_KEYS = (CLIENT_KEYS - {"headers"}) | {"mounts", "transport"}
"""What takes httpx's own client; the others say how to connect, and for how long."""


class Limits(NamedTuple):
    """As `httpx.Limits`, for who has none of those."""

    max_connections: int | None
    max_keepalive_connections: int | None
    keepalive_expiry: float | None


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, resolved.

    Attributes:
        client: Arguments of `httpx.Client`, without transport and mounts.
        headers: Of every request, by lower-case name; None where each goes through httpx.
        custom: The caller's own httpx transport.
        mounts: The caller's own httpx mounts.
        proxy: The proxy to go through.
        limits: Of the pool.
        steps: Seconds for connecting, reading, writing and waiting for the pool, each by itself; empty for none.
        http1, http2: What to speak.
        verify: A context to use as it is, or whether to look at the server's certificate.
        ca_file, cert: What to trust and what to show.
        max_body_bytes: The largest answer.
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
    def own_pool(self) -> bool:
        """Whether every request goes through the pool of this package."""
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
        """The arguments of an `httpcore.ConnectionPool` of one connection."""
        # Without TLS on the way no context is needed, and httpcore makes none.
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
    base_url: str, httpx_settings: Mapping[str, Any] | None, settings: HTTPSettings | None, *, sends: str
) -> Options:
    """Check and merge.

    Args:
        base_url: The root of the API.
        httpx_settings: Keyword arguments of `httpx.Client` or `httpx.AsyncClient`. Never changed.
        settings: The SDK's own.
        sends: The method that a transport of the caller's must have.

    Raises:
        ConfigError: A key that is not known or cannot be used here, or a value of no use.
    """
    settings = settings or HTTPSettings()
    given = dict(httpx_settings or {})
    _check(given, sends)
    http2 = given.get("http2", settings.http2)
    if http2 and find_spec("h2") is None:
        raise ConfigError("HTTP/2 needs the package h2: pip install 'httpx[http2]', or turn http2 off")
    proxy = given.get("proxy")
    if proxy is None and given.get("transport") is None and given.get("trust_env", True):
        proxy = environment_proxy(base_url)
    verify: ssl.SSLContext | bool | str = given.get("verify", settings.verify)
    ca_file = settings.ca_file
    if isinstance(verify, str):
        ca_file, verify = verify, True
    headers = None if any(given.get(key) is not None for key in HTTPX_KEYS) else _fields(given.get("headers"))
    return Options(
        client={key: value for key, value in given.items() if key in CLIENT_KEYS},
        headers=None if headers is None else {**DEFAULT_HEADERS, **headers, "accept-encoding": "gzip"},
        custom=given.get("transport"),
        mounts=dict(given.get("mounts") or {}),
        proxy=None if proxy is None else _parse_proxy(proxy),
        limits=given.get("limits") or _limits(base_url, settings),
        steps=_steps(given.get("timeout")),
        http1=given.get("http1", True),
        http2=http2,
        verify=verify,
        ca_file=ca_file,
        cert=given.get("cert"),
        max_body_bytes=settings.max_body_bytes,
    )


def _check(given: dict[str, Any], sends: str) -> None:
    for key in ("app", "base_url"):
        if key in given:
            raise ConfigError(f"httpx_settings cannot have {key!r}: pass the server as api=... instead")
    unknown = sorted(given.keys() - KNOWN_KEYS)
    if unknown:
        known = ", ".join(sorted(KNOWN_KEYS))
        raise ConfigError(f"httpx_settings has the unknown key {unknown[0]!r}; known are {known}")
    mounts: dict[str, Any] = given.get("mounts") or {}
    for transport in (given.get("transport"), *mounts.values()):
        if transport is not None and not hasattr(transport, sends):
            raise ConfigError(f"httpx_settings has a transport without {sends}(): {type(transport).__name__}")


def _limits(base_url: str, settings: HTTPSettings) -> Limits:
    return Limits(settings.max_connections, settings.max_keepalive_connections, settings.expiry(base_url))


def _fields(headers: Any) -> dict[str, str] | None:
    """Headers by lower-case name, None for those in one of the other shapes that httpx knows."""
    if headers is None:
        return {}
    if headers.__class__ is not dict:
        return None
    given: dict[Any, Any] = headers
    if not all(isinstance(text, str) and text.isascii() for text in (*given, *given.values())):
        return None
    fields: dict[str, str] = {name.lower(): value for name, value in given.items()}
    return fields if len(fields) == len(given) else None


def _steps(timeout: Any) -> Mapping[str, float | None]:
    if timeout is None:
        return {}
    import httpx

    return httpx.Timeout(timeout).as_dict()


def _parse_proxy(proxy: httpx.Proxy | httpx.URL | str) -> httpx.Proxy:
    import httpx

    try:
        parsed = proxy if isinstance(proxy, httpx.Proxy) else httpx.Proxy(proxy)
    except (ValueError, TypeError, httpx.InvalidURL):
        # The text may hold a password.
        raise ConfigError("the proxy is no URL: it must look like 'http://host:3128' or 'socks5://host:1080'") from None
    if parsed.url.scheme.startswith("socks5") and find_spec("socksio") is None:
        raise ConfigError("a SOCKS proxy needs the package socksio: pip install 'httpx[socks]'")
    return parsed
