"""What goes wrong in httpx, told as a `TransportError`: how far the request came, and what to do about it."""

from __future__ import annotations

import httpx

from prefectkit.core.errors import TransportError
from prefectkit.core.retry import Phase
from prefectkit.transports.http.options import Options
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.failures import broken, late, malformed, refused, unconnected, unknown

_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.DecodingError)
REFUSED_STREAM = 7
"""The code of RFC 9113, section 7."""

_MALFORMED = (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL)


def translate(error: Exception, where: str, attempt: Attempt, options: Options) -> TransportError:
    """The error to raise for what httpx raised on the way to `where`, which is scheme, host and port.

    Neither credentials nor the query are in its message.
    """
    if isinstance(error, _MALFORMED):
        return malformed(where, type(error).__name__)
    early = isinstance(error, _BEFORE_SENDING)
    if isinstance(error, httpx.TimeoutException):
        # An earlier hop of a redirect or of an auth flow may have been sent.
        known = Phase.NOTHING_SENT if early and not (options.own_pool and attempt.sent) else Phase.AMBIGUOUS
        return late(where, attempt, known)
    if early:
        phase = Phase.AMBIGUOUS if options.own_pool and attempt.sent else Phase.NOTHING_SENT
        proxy = _shown(options.proxy)
        if isinstance(error, httpx.ProxyError):
            return refused(error, where, proxy, phase)
        return unconnected(error, where, phase, proxy)
    if isinstance(error, _BROKEN):
        # h11 quotes what it could not read.
        failure = broken(where, str(error).partition(": bytearray")[0][:200] or type(error).__name__)
        if _is_refused_stream(error):
            failure.phase = Phase.REFUSED
        return failure
    return unknown(error, where, attempt)


def _is_refused_stream(error: Exception) -> bool:
    """Whether an HTTP/2 server says that it has not looked at the request. h2 hands its event up as the argument."""
    event = next(iter(getattr(error.__cause__, "args", ())), None)
    return hasattr(event, "stream_id") and getattr(event, "error_code", None) == REFUSED_STREAM


def _shown(proxy: httpx.Proxy | None) -> str:
    return "" if proxy is None else f"{proxy.url.scheme}://{proxy.url.netloc.decode('ascii')}"
