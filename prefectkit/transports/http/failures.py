"""What goes wrong in httpcore and httpx, told as a `TransportError`: how far the request came, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit.core.errors import TransportError
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.http.options import Options
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.failures import broken, late, malformed, refused, unconnected, unknown

if TYPE_CHECKING:
    import httpx

# By name: httpx's errors are called what httpcore's are, and httpx need not be there.
_LIBRARIES = frozenset({"httpcore", "httpx"})
_BEFORE_SENDING = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})
_BROKEN = frozenset({"NetworkError", "RemoteProtocolError", "DecodingError"})
_MALFORMED = frozenset({"LocalProtocolError", "UnsupportedProtocol", "InvalidURL"})
REFUSED_STREAM = 7
"""The code of RFC 9113, section 7."""


def translate(error: Exception, where: str, attempt: Attempt, options: Options) -> TransportError:
    """The error to raise for what was raised on the way to `where`, which is scheme, host and port.

    Neither credentials nor the query are in its message.
    """
    kinds = _kinds(error)
    if kinds & _MALFORMED:
        return malformed(where, type(error).__name__)
    early = bool(kinds & _BEFORE_SENDING)
    if "TimeoutException" in kinds:
        # An earlier hop of a redirect or of an auth flow may have been sent.
        known = Phase.NOTHING_SENT if early and not (options.own_pool and attempt.sent) else Phase.AMBIGUOUS
        return late(where, attempt, known)
    if early:
        phase = Phase.AMBIGUOUS if options.own_pool and attempt.sent else Phase.NOTHING_SENT
        proxy = _shown(options.proxy)
        if "ProxyError" in kinds:
            return refused(error, where, proxy, phase)
        return unconnected(error, where, phase, proxy)
    if kinds & _BROKEN:
        # h11 quotes what it could not read.
        failure = broken(where, str(error).partition(": bytearray")[0][:200] or type(error).__name__)
        if _is_refused_stream(error):
            failure.phase = Phase.REFUSED
        return failure
    return unknown(error, where, attempt)


def cause(error: Exception) -> Exception | None:
    """What to show as the cause. h11 quotes the header that it refuses, and a header may be a secret."""
    return None if "LocalProtocolError" in _kinds(error) else error


def _kinds(error: Exception) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__ if kind.__module__.partition(".")[0] in _LIBRARIES}


def _is_refused_stream(error: Exception) -> bool:
    """Whether an HTTP/2 server says that it has not looked at the request. h2 hands its event up as the argument."""
    arguments = (*error.args, *getattr(error.__cause__, "args", ()))
    return any(
        hasattr(event, "stream_id") and getattr(event, "error_code", None) == REFUSED_STREAM for event in arguments
    )


def _shown(proxy: httpx.Proxy | None) -> str:
    return "" if proxy is None else f"{proxy.url.scheme}://{proxy.url.netloc.decode('ascii')}"
