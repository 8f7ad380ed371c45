"""The proxy that the environment names."""

from __future__ import annotations

import urllib.request
from urllib.parse import urlsplit


def environment_proxy(base_url: str) -> str | None:
    """The proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name for the API."""
    parts = urlsplit(base_url)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    # An IPv6 address stands in NO_PROXY without the brackets that it has in a URL.
    if not proxy or any(map(urllib.request.proxy_bypass, (parts.netloc, parts.hostname or ""))):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
