"""The proxy for an API, in the form that aiohttp needs."""

from __future__ import annotations

from base64 import b64encode
from typing import NamedTuple

from yarl import URL

from prefectkit.core.errors import ConfigError
from prefectkit.transports.wire.proxies import environment_proxy


class Proxy(NamedTuple):
    """An HTTP proxy.

    Attributes:
        url: The URL of the proxy, without credentials.
        headers: The headers for the proxy: the credentials, if there are any.
    """

    url: URL
    headers: dict[str, str]

    def __str__(self) -> str:
        return str(self.url).rstrip("/")


def proxy_for(base_url: str) -> Proxy | None:
    """The proxy for an API according to the environment, None for none.

    Raises:
        ConfigError: It is not a URL, or of a kind that aiohttp does not support.
    """
    text = environment_proxy(base_url)
    if text is None:
        return None
    try:
        url = URL(text)
        if url.scheme not in ("http", "https") or not url.host:
            raise ValueError
    except ValueError:
        # The URL may contain a password.
        raise ConfigError(
            "the proxy of the environment is not a URL that aiohttp can use: it must look like 'http://host:3128'. "
            "For a SOCKS proxy leave transport='aiohttp' out"
        ) from None
    headers: dict[str, str] = {}
    if url.user is not None:
        credentials = f"{url.user}:{url.password or ''}".encode()
        headers["proxy-authorization"] = f"Basic {b64encode(credentials).decode()}"
    return Proxy(url.with_user(None), headers)
