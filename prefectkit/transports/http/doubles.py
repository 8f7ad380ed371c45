"""Test doubles that take the place of parts of httpx, as pytest-httpx and respx do it."""

from __future__ import annotations

import sys
from typing import Any

_REPLACED = (
    ("Client", "_transport_for_url"),
    ("Client", "send"),
    ("AsyncClient", "_transport_for_url"),
    ("AsyncClient", "send"),
    ("HTTPTransport", "handle_request"),
    ("AsyncHTTPTransport", "handle_async_request"),
)


def are_at_work() -> bool:
    """Whether some part of httpx is not its own, so that a request has to go that way to be seen."""
    httpx = sys.modules.get("httpx")
    return httpx is not None and not all(_is_own(httpx, kind, name) for kind, name in _REPLACED)


def _is_own(httpx: Any, kind: str, name: str) -> bool:
    # Another thread may be importing httpx: what is not there yet has not been replaced either.
    method = getattr(getattr(httpx, kind, None), name, None)
    if method is None:
        return True
    # `__module__` is copied by functools.wraps, the globals are not.
    return str(getattr(method, "__globals__", {}).get("__name__", "")).startswith("httpx.")
