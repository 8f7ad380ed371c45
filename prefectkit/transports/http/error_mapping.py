"""Maps the exceptions of httpcore and httpx to `TransportError`: how far the request got, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit.core.errors import TransportError
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.http.options import Options
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.errors import (
    connection_failed,
    incomplete_response,
    invalid_request,
    timed_out,
    tunnel_refused,
    unexpected,
)

if TYPE_CHECKING:
    import httpx

# Matched by name: httpx's exceptions have the names of httpcore's, and httpx may not be imported.
_LIBRARIES = frozenset({"httpcore", "httpx"})
_BEFORE_SENDING = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})
_INCOMPLETE = frozenset({"NetworkError", "RemoteProtocolError", "DecodingError"})
_INVALID = frozenset({"LocalProtocolError", "UnsupportedProtocol", "InvalidURL"})
REFUSED_STREAM = 7
"""An error code of HTTP/2 (RFC 9113, section 7)."""


def to_transport_error(error: Exception, where: str, attempt: Attempt, options: Options) -> TransportError:
    """The error to raise for an exception of httpcore or httpx.

    Its message has neither credentials nor the query.

    Args:
        error: The exception.
        where: Scheme, host and port of the API.
        attempt: The attempt that failed.
        options: The options of the transport.
    """
    kinds = _kinds(error)
    if kinds & _INVALID:
        return invalid_request(where, type(error).__name__)
    before_sending = bool(kinds & _BEFORE_SENDING)
    # An earlier hop of a redirect or of an auth flow may have been sent.
    phase = Phase.AMBIGUOUS if not before_sending or (options.uses_own_pool and attempt.sent) else Phase.NOTHING_SENT
    if "TimeoutException" in kinds:
        return timed_out(where, attempt, phase)
    if before_sending:
        proxy = _proxy_origin(options.proxy)
        if "ProxyError" in kinds:
            return tunnel_refused(error, where, proxy, phase)
        return connection_failed(error, where, phase, proxy)
    if kinds & _INCOMPLETE:
        # h11 quotes what it could not parse.
        failure = incomplete_response(where, str(error).partition(": bytearray")[0][:200] or type(error).__name__)
        if _is_refused_stream(error):
            failure.phase = Phase.REFUSED
        return failure
    return unexpected(error, where, attempt)


def safe_cause(error: Exception) -> Exception | None:
    """The exception to chain. None for one that quotes a request header, which may be a secret, as h11's do."""
    return None if "LocalProtocolError" in _kinds(error) else error


def _kinds(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__ if kind.__module__.partition(".")[0] in _LIBRARIES}


def _is_refused_stream(error: Exception) -> bool:
    """Whether an HTTP/2 server reports that it has not processed the request. The argument is then h2's event."""
    arguments = (*error.args, *getattr(error.__cause__, "args", ()))
    return any(
        hasattr(event, "stream_id") and getattr(event, "error_code", None) == REFUSED_STREAM for event in arguments
    )


def _proxy_origin(proxy: httpx.Proxy | None) -> str:
    return "" if proxy is None else f"{proxy.url.scheme}://{proxy.url.netloc.decode('ascii')}"
