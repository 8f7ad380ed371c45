"""What goes wrong in httpx, told as a `TransportError`: how far the request came, and what to do about it."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from typing import cast

import httpx

from prefectkit.core.errors import ConnectError, IncompleteResponse, TransportError, TransportTimeout
from prefectkit.core.retry import Phase
from prefectkit.transports.http.attempt import Attempt
from prefectkit.transports.http.options import Options

_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError, httpx.DecodingError)
_MALFORMED = (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL)


def late(where: str, attempt: Attempt, phase: Phase | None = None) -> TransportTimeout:
    """The error for an attempt that took too long."""
    if phase is None:
        phase = Phase.AMBIGUOUS if attempt.sent else Phase.NOTHING_SENT
    limit = "in time" if attempt.timeout is None else f"within {attempt.timeout:.3g} s"
    if attempt.queued is not None:
        text = f"none of the {attempt.queued} connections to {where} came free {limit}"
    elif phase is Phase.NOTHING_SENT:
        text = f"no connection to {where} {limit}"
    else:
        text = f"no complete answer from {where} {limit}"
    return TransportTimeout(text, phase=phase)


def translate(error: Exception, where: str, attempt: Attempt, options: Options) -> TransportError:
    """The error to raise for what httpx raised on the way to `where`, which is scheme, host and port.

    Neither credentials nor the query are in its message.
    """
    if isinstance(error, _MALFORMED):
        return TransportError(
            f"the request to {where} is not valid HTTP ({type(error).__name__}): check the URL and the headers",
            phase=Phase.NOTHING_SENT,
            retryable=False,
        )
    early = isinstance(error, _BEFORE_SENDING)
    if isinstance(error, httpx.TimeoutException):
        # An earlier hop of a redirect or of an auth flow may have been sent.
        known = Phase.NOTHING_SENT if early and not (options.own_pool and attempt.sent) else Phase.AMBIGUOUS
        return late(where, attempt, known)
    if early:
        phase = Phase.AMBIGUOUS if options.own_pool and attempt.sent else Phase.NOTHING_SENT
        return _unconnected(error, where, phase, options.proxy)
    if isinstance(error, _BROKEN):
        # h11 quotes what it could not read.
        text = str(error).partition(": bytearray")[0][:200] or type(error).__name__
        return IncompleteResponse(f"the connection to {where} broke off before the answer was complete ({text})")
    retryable = isinstance(error, OSError)
    phase = Phase.AMBIGUOUS if attempt.sent else Phase.NOTHING_SENT
    return TransportError(
        f"the request to {where} failed with {type(error).__name__}", phase=phase, retryable=retryable
    )


def _unconnected(error: Exception, where: str, phase: Phase, proxy: httpx.Proxy | None) -> TransportError:
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ConnectError(
                f"the certificate of {where} is not trusted ({cause.verify_message}): "
                "point PREFECT_API_SSL_CERT_FILE to the certificates to trust",
                phase=phase,
                retryable=False,
            )
    if isinstance(error, httpx.ProxyError):
        return ConnectError(f"the proxy {_shown(proxy)} did not connect to {where}: {error}", phase=phase)
    way_out = "is the server running there? If it is elsewhere, set PREFECT_API_URL"
    if proxy is not None:
        where, way_out = f"the proxy {_shown(proxy)}", "check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, or proxy="
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        way_out = "its name has no address: check the spelling and the network"
    elif any(isinstance(cause, ssl.SSLError) for cause in causes):
        way_out = "the TLS handshake failed: does it speak https?"
    return ConnectError(f"cannot connect to {where} ({_reason(causes) or error}): {way_out}", phase=phase)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and what led to it."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in cast("BaseExceptionGroup[BaseException]", error).exceptions:
                yield from _chain(part)
        error = error.__cause__ or error.__context__


def _reason(causes: list[BaseException]) -> str:
    """The operating system's word for it, which asyncio replaces by its own."""
    for cause in reversed(causes):
        if isinstance(cause, socket.gaierror | ssl.SSLError) and cause.strerror:
            return cause.strerror
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)
    return ""


def _shown(proxy: httpx.Proxy | None) -> str:
    return "" if proxy is None else f"{proxy.url.scheme}://{proxy.url.netloc.decode('ascii')}"
