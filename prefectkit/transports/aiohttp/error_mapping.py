"""Maps the exceptions of aiohttp to `TransportError`: how far the request got, and what to do."""

from __future__ import annotations

import re

from aiohttp import ClientError, ClientHttpProxyError, ClientPayloadError, InvalidURL, ServerDisconnectedError
from aiohttp.http import HttpProcessingError

from prefectkit.core.errors import TransportError
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.aiohttp.destination import Destination
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.errors import (
    connection_failed,
    incomplete_response,
    invalid_request,
    timed_out,
    tunnel_refused,
    unexpected,
)

_QUOTE = re.compile(r"b['\"]|\n")


def to_transport_error(error: Exception, destination: Destination, attempt: Attempt) -> TransportError:
    """The error to raise for an exception of aiohttp."""
    where, proxy = destination.where, "" if destination.proxy is None else str(destination.proxy)
    if isinstance(error, TimeoutError) and error.errno is None:
        return timed_out(where, attempt)
    if isinstance(error, InvalidURL):
        return invalid_request(where, type(error).__name__)
    if isinstance(error, HttpProcessingError) or (attempt.sent and isinstance(error, (ClientError, OSError))):
        return incomplete_response(where, _reason(error))
    if isinstance(error, ClientHttpProxyError):
        return tunnel_refused(f"{error.status} {error.message}", where, proxy, Phase.NOTHING_SENT)
    if isinstance(error, (ClientError, OSError)):
        return connection_failed(error, where, Phase.NOTHING_SENT, proxy)
    return unexpected(error, where, attempt)


def _reason(error: Exception) -> str:
    """Why a response is incomplete, without the parts of it that aiohttp quotes."""
    if isinstance(error, HttpProcessingError):
        return _QUOTE.split(error.message, maxsplit=1)[0].rstrip().removesuffix(":") or type(error).__name__
    if isinstance(error, ClientPayloadError):
        return "its body is not complete"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "the server closed it" if isinstance(error, ServerDisconnectedError) else type(error).__name__
