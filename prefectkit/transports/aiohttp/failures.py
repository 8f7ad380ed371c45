"""What goes wrong in aiohttp, told as a `TransportError`: how far the request came, and what to do about it."""

from __future__ import annotations

import re

from aiohttp import ClientError, ClientHttpProxyError, ClientPayloadError, InvalidURL, ServerDisconnectedError
from aiohttp.http import HttpProcessingError

from prefectkit.core.errors import TransportError
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.aiohttp.route import Route
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.failures import broken, late, malformed, refused, unconnected, unknown

_QUOTE = re.compile(r"b['\"]|\n")


def translate(error: Exception, route: Route, attempt: Attempt) -> TransportError:
    """The error to raise for what aiohttp raised."""
    where, proxy = route.where, "" if route.proxy is None else str(route.proxy)
    if isinstance(error, TimeoutError) and error.errno is None:
        return late(where, attempt)
    if isinstance(error, InvalidURL):
        return malformed(where, type(error).__name__)
    if isinstance(error, HttpProcessingError) or (attempt.sent and isinstance(error, (ClientError, OSError))):
        return broken(where, _reason(error))
    if isinstance(error, ClientHttpProxyError):
        return refused(f"{error.status} {error.message}", where, proxy, Phase.NOTHING_SENT)
    if isinstance(error, (ClientError, OSError)):
        return unconnected(error, where, Phase.NOTHING_SENT, proxy)
    return unknown(error, where, attempt)


def _reason(error: Exception) -> str:
    """Why an answer broke off, without the parts of it that aiohttp quotes."""
    if isinstance(error, HttpProcessingError):
        return _QUOTE.split(error.message, maxsplit=1)[0].rstrip().removesuffix(":") or type(error).__name__
    if isinstance(error, ClientPayloadError):
        return "its body is not complete"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "the server closed it" if isinstance(error, ServerDisconnectedError) else type(error).__name__
