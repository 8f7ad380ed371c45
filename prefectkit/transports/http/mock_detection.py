"""Detects test mocks that replace parts of httpx, such as pytest-httpx and respx."""

from __future__ import annotations

import sys
from typing import Any

_REPLACED_BY_MOCKS = (
    ("Client", "_transport_for_url"),
    ("Client", "send"),
    ("AsyncClient", "_transport_for_url"),
    ("AsyncClient", "send"),
    ("HTTPTransport", "handle_request"),
    ("AsyncHTTPTransport", "handle_async_request"),
)


def is_httpx_mocked() -> bool:
    """Whether a method of httpx is replaced, so that the mock sees a request only if it goes through httpx."""
    httpx = sys.modules.get("httpx")
    return httpx is not None and not all(_is_original(httpx, kind, name) for kind, name in _REPLACED_BY_MOCKS)


def _is_original(httpx: Any, kind: str, name: str) -> bool:
    # While another thread imports httpx, a method may not exist yet; then it is not replaced either.
    method = getattr(getattr(httpx, kind, None), name, None)
    if method is None:
        return True
    # functools.wraps copies `__module__`, but not the globals.
    return str(getattr(method, "__globals__", {}).get("__name__", "")).startswith("httpx.")
