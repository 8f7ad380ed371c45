"""The errors that all HTTP transports raise alike: timeouts, failed connections, broken responses, invalid requests.

In all of them `where` is scheme, host and port: neither credentials nor the query are in a message.
"""

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


def timed_out(where: str, attempt: Attempt, phase: Phase | None = None) -> TransportTimeout:
    """The error for an attempt that exceeded its timeout."""
    if phase is None:
        phase = Phase.AMBIGUOUS if attempt.sent else Phase.NOTHING_SENT
    limit = "in time" if attempt.timeout is None else f"within {attempt.timeout:.3g} s"
    if attempt.queued is not None:
        text = f"none of the {attempt.queued} connections to {where} became free {limit}"
    elif phase is Phase.NOTHING_SENT:
        text = f"no connection to {where} {limit}"
    else:
        text = f"no complete response from {where} {limit}"
    return TransportTimeout(text, phase=phase)


def invalid_request(where: str, reason: str) -> TransportError:
    """The error for a request that is not valid HTTP."""
    return TransportError(
        f"the request to {where} is not valid HTTP ({reason}): check the URL and the headers",
        phase=Phase.NOTHING_SENT,
        retryable=False,
    )


def incomplete_response(where: str, reason: str) -> IncompleteResponse:
    """The error for a response that is incomplete or not valid HTTP."""
    return IncompleteResponse(f"the connection to {where} was lost before the response was complete ({reason})")


def unexpected(error: Exception, where: str, attempt: Attempt) -> TransportError:
    """The error for an exception that no HTTP library documents."""
    return TransportError(
        f"the request to {where} failed with {type(error).__name__}",
        phase=Phase.AMBIGUOUS if attempt.sent else Phase.NOTHING_SENT,
        retryable=isinstance(error, OSError),
    )


def tunnel_refused(reason: object, where: str, proxy: str, phase: Phase) -> ConnectError:
    """The error for a proxy that refuses to open a tunnel."""
    return ConnectError(f"the proxy {proxy} did not connect to {where}: {reason}", phase=phase)


def connection_failed(error: Exception, where: str, phase: Phase, proxy: str = "") -> ConnectError:
    """The error for a connection that could not be opened.

    Args:
        error: What the library raised; its causes are searched for the reason.
        where: The server.
        phase: How far the request got.
        proxy: Scheme, host and port of the proxy, empty for none.
    """
    causes = list(_chain(error))
    if untrusted := [cause for cause in causes if isinstance(cause, ssl.SSLCertVerificationError)]:
        # The last one is OpenSSL's own; the same class raised by a library has no reason.
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
    """The error, its causes, and the members of groups among them."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in cast("BaseExceptionGroup[BaseException]", error).exceptions:
                yield from _chain(part)
        error = error.__cause__ or error.__context__


def _reason(causes: list[BaseException]) -> str:
    """The operating system's message, which asyncio replaces by its own."""
    for cause in reversed(causes):
        if isinstance(cause, socket.gaierror | ssl.SSLError) and cause.strerror:
            return cause.strerror
        if isinstance(cause, OSError) and (number := cause.errno or _errno_in_text(cause)):
            return os.strerror(number)
    return ""


def _errno_in_text(error: OSError) -> int:
    """The last errno in asyncio's message for a name none of whose addresses can be reached."""
    return int(next(iter(re.findall(r"\[Errno (\d{1,9})\]", str(error))[-1:]), 0))
