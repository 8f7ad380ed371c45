"""The way to an API in httpcore's terms, for requests that need nothing of httpx."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# httpx would quote what is outside, and undo dots.
_PATH = r"/(?:[!$&'-;=?-Z_a-z~]++|%[0-9A-Fa-f]{2})*+"
_TARGET = re.compile(_PATH)
_BASE = re.compile(rf"(https?)://([a-z0-9._-]+|\[[0-9a-f:]+\])(?::([0-9]{{1,5}}))?({_PATH})?", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
LAST_PORT = 65535


class Route(NamedTuple):
    """The way to one API.

    Attributes:
        scheme, host, port: Where to connect; None is the scheme's own port.
        authority: The `host` header.
        path: What stands before each target.
    """

    scheme: bytes
    host: bytes
    port: int | None
    authority: str
    path: str


@lru_cache(maxsize=64)
def route(base_url: str) -> Route | None:
    """The way to an API, None where it takes httpx to read the URL, or to refuse it."""
    found = _BASE.fullmatch(base_url)
    if found is None or "/." in (found[4] or "") or "?" in (found[4] or ""):
        return None
    scheme, host = found[1].lower(), found[2].lower()
    port = int(found[3] or _PORTS[scheme])
    if not 0 < port <= LAST_PORT:
        return None
    is_usual = port == _PORTS[scheme]
    return Route(
        scheme.encode("ascii"),
        host.strip("[]").encode("ascii"),
        None if is_usual else port,
        host if is_usual else f"{host}:{port}",
        found[4] or "",
    )


def is_plain(target: str) -> bool:
    """Whether path and query can be sent as they are."""
    return _TARGET.fullmatch(target) is not None and "/." not in target
