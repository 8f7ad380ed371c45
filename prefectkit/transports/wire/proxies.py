"""The proxy settings of the environment."""

from __future__ import annotations

import os
import sys
from urllib.parse import urlsplit


def environment_proxy(base_url: str) -> str | None:
    """The proxy for the API according to HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, None for none."""
    # macOS and Windows also have system settings.
    if sys.platform not in ("darwin", "win32") and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    # The import takes as long as ten calls, and most programs have no proxy.
    import urllib.request

    parts = urlsplit(base_url)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    # In NO_PROXY an IPv6 address has no brackets, in a URL it has.
    if not proxy or any(map(urllib.request.proxy_bypass, (parts.netloc, parts.hostname or ""))):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
