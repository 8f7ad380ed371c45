"""What the two senders share: from a Request to httpx's arguments, and from httpx's answer to a Response."""

from __future__ import annotations

from typing import Any

import httpx

from prefectkit.core.errors import PrefectKitError, TransportError, TransportTimeout
from prefectkit.core.messages import Request, Response
from prefectkit.core.urls import origin
from prefectkit.transports.http.failures import translate
from prefectkit.transports.http.options import Options
from prefectkit.transports.http.patience import patience
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.body import Body
from prefectkit.transports.wire.failures import late

PASSED = (AssertionError, PrefectKitError)
"""Raised as they are: httpx test doubles complain by assertion, and the rest is told already."""


class Exchange:
    """One request, what was agreed for it, and how far it came."""

    __slots__ = ("attempt", "options", "request")

    def __init__(self, request: Request, options: Options) -> None:
        self.request = request
        self.options = options
        self.attempt = Attempt(request.timeout, sent=not options.own_pool)

    def arguments(self) -> dict[str, Any]:
        """The arguments of `httpx.Client.build_request`."""
        return {
            "method": self.request.method,
            "url": self.request.url,
            "headers": self.request.headers,
            "content": self.request.body,
            "extensions": {"timeout": patience(self.attempt, self.options.steps)},
        }

    def body(self, answer: httpx.Response) -> Body:
        """What takes the answer's bytes. A stream may be of any length."""
        return Body(answer.headers, None if self.request.stream else self.options.max_body_bytes)

    def failure(self, error: Exception) -> TransportError:
        """The error for what httpx raised."""
        return translate(error, origin(self.request.base_url), self.attempt, self.options)

    def late(self) -> TransportTimeout:
        """The error for an attempt whose time is up."""
        return late(origin(self.request.base_url), self.attempt)


def head(answer: httpx.Response) -> Response:
    """The answer without its body."""
    # httpx gives the names in lower case and joins the values of one name.
    return Response(answer.status_code, dict(answer.headers.items()))


def cause(error: Exception) -> Exception | None:
    """What to show as the cause. h11 quotes the header that it refuses, and a header may be a secret."""
    return None if isinstance(error, httpx.LocalProtocolError) else error
