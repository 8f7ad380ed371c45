"""The proxy that the environment names."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit


def environment_proxy(base_url: str) -> str | None:
    """The proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name for the API."""
    # Elsewhere the system has settings, too.
    if sys.platform not in ("darwin", "win32") and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    # To import it takes as long as ten calls, and most programs have no proxy.
    import urllib.request

    parts = urlsplit(base_url)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    # An IPv6 address stands in NO_PROXY without the brackets that it has in a URL.
    if not proxy or any(map(urllib.request.proxy_bypass, (parts.netloc, parts.hostname or ""))):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
