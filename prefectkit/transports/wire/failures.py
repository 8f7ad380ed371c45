"""The errors that every HTTP transport tells alike: too late, not connected, broken off, no HTTP."""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Iterator
from typing import cast

from prefectkit.core.errors import ConnectError, IncompleteResponse, TransportError, TransportTimeout
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.wire.attempt import Attempt

# `where` is scheme, host and port: neither credentials nor the query are in a message.


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


def malformed(where: str, reason: str) -> TransportError:
    """The error for a request that HTTP cannot carry."""
    return TransportError(
        f"the request to {where} is not valid HTTP ({reason}): check the URL and the headers",
        phase=Phase.NOTHING_SENT,
        retryable=False,
    )


def broken(where: str, reason: str) -> IncompleteResponse:
    """The error for an answer that broke off, or is none."""
    return IncompleteResponse(f"the connection to {where} broke off before the answer was complete ({reason})")


def unknown(error: Exception, where: str, attempt: Attempt) -> TransportError:
    """The error for what nobody expected."""
    return TransportError(
        f"the request to {where} failed with {type(error).__name__}",
        phase=Phase.AMBIGUOUS if attempt.sent else Phase.NOTHING_SENT,
        retryable=isinstance(error, OSError),
    )


def refused(reason: object, where: str, proxy: str, phase: Phase) -> ConnectError:
    """The error for a proxy that makes no tunnel."""
    return ConnectError(f"the proxy {proxy} did not connect to {where}: {reason}", phase=phase)


def unconnected(error: Exception, where: str, phase: Phase, proxy: str = "") -> ConnectError:
    """The error for a connection that was not made.

    Args:
        error: What the library raised; its causes are searched for the reason.
        where: What could not be reached.
        phase: How far the request came.
        proxy: Scheme, host and port of the proxy in between, empty for none.
    """
    causes = list(_chain(error))
    if untrusted := [cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)]:
        # The last one is OpenSSL's own; what a library raises of the same class knows no reason.
        return ConnectError(
            f"the certificate of {where} is not trusted ({untrusted[-1].verify_message}): "
            "point PREFECT_API_SSL_CERT_FILE to the certificates to trust",
            phase=phase,
            retryable=False,
        )
    way_out = "is the server running there? If it is elsewhere, set PREFECT_API_URL"
    if proxy:
        where, way_out = f"the proxy {proxy}", "check HTTP_PROXY, HTTPS_PROXY and ALL_PROXY, or proxy="
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
        if isinstance(cause, OSError) and (number := cause.errno or _quoted(cause)):
            return os.strerror(number)
    return ""


def _quoted(error: OSError) -> int:
    """The last number in asyncio's word for a name whose every address fails."""
    return int(next(iter(re.findall(r"\[Errno (\d{1,9})\]", str(error))[-1:]), 0))
