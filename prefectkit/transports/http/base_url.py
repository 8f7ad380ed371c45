"""Parses the root URL of an API for httpcore, if no part of it needs httpx."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# httpx would percent-encode all other characters, and resolve dot segments.
_PATH = r"/(?:[!$&'-;=?-Z_a-z~]++|%[0-9A-Fa-f]{2})*+"
_TARGET = re.compile(_PATH)
_BASE = re.compile(rf"(https?)://([a-z0-9._-]+|\[[0-9a-f:]+\])(?::([0-9]{{1,5}}))?({_PATH})?", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
LAST_PORT = 65535


class BaseURL(NamedTuple):
    """The root URL of an API.

    Attributes:
        scheme, host, port: Where to connect; a port of None is the scheme's default.
        authority: The `host` header.
        path: The prefix of each target.
    """

    scheme: bytes
    host: bytes
    port: int | None
    authority: str
    path: str


@lru_cache(maxsize=64)
def parse_base_url(base_url: str) -> BaseURL | None:
    """Parse the root URL of an API. Returns None if it needs httpx to be normalised or rejected."""
    found = _BASE.fullmatch(base_url)
    if found is None or "/." in (found[4] or "") or "?" in (found[4] or ""):
        return None
    scheme, host = found[1].lower(), found[2].lower()
    port = int(found[3] or _PORTS[scheme])
    if not 0 < port <= LAST_PORT:
        return None
    is_default = port == _PORTS[scheme]
    return BaseURL(
        scheme.encode("ascii"),
        host.strip("[]").encode("ascii"),
        None if is_default else port,
        host if is_default else f"{host}:{port}",
        found[4] or "",
    )


def is_plain(target: str) -> bool:
    """Whether path and query need no percent-encoding."""
    return _TARGET.fullmatch(target) is not None and "/." not in target
