"""Signs requests: HMAC-SHA256 of method, path, body and date, with a key that client and proxy share."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from email.utils import formatdate, parsedate_to_datetime
from time import time
from typing import Final
from urllib.parse import urlsplit

from prefectkit.plugins import Request, hookimpl

SIGNATURE: Final = "x-signature"
DATE: Final = "x-signature-date"

KEY: Final = "PREFECTKIT_SIGNING_KEY"
"""The environment variable with the key."""

LIFETIME: Final = 300.0
"""Seconds for which a signature is good: whoever recorded a request cannot send it for ever."""


class Signing:
    """Signs what is sent to the API.

    Args:
        key: Shared with the proxy. By default what the environment has when a request is sent; without one none is
            signed.
    """

    prefectkit_api = "1"
    # A signature covers all bodies, and of those that hold secrets it could only cover "<redacted>" otherwise.
    prefectkit_secrets = True

    def __init__(self, key: str | None = None) -> None:
        self._key = key

    # Last, since credentials and requests of other plugins come before; and for each attempt, as dates grow old.
    @hookimpl(trylast=True)
    def authenticate(self, request: Request) -> None:
        key = os.environ.get(KEY) if self._key is None else self._key
        if key:
            date = formatdate(usegmt=True)
            request.headers[DATE] = date
            request.headers[SIGNATURE] = signature(key, request.method, path_of(request.url), request.body, date)


def signature(key: str, method: str, path: str, body: bytes, date: str) -> str:
    """The signature, in hexadecimal digits. The lengths keep one part from passing for the beginning of the next."""
    signed = b"".join(b"%d:%s" % (len(part), part) for part in (method.encode(), path.encode(), date.encode(), body))
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def path_of(url: str) -> str:
    """Path and query, as the server sees them."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def verify(key: str, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """The other side: whether a request was signed with this key, and lately.

    Args:
        key: The shared key.
        method: GET, POST, ...
        path: Path and query, quoted, as they arrived.
        body: The bytes.
        headers: By lower-case name.
    """
    date = headers.get(DATE, "")
    due = signature(key, method, path, body, date)
    if not hmac.compare_digest(due, headers.get(SIGNATURE, "")):
        return False
    return abs(parsedate_to_datetime(date).timestamp() - time()) <= LIFETIME


plugin: Final = Signing()
"""What the entry point names."""
