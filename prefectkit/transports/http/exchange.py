"""What the two senders share: from a Request to httpcore's, and from httpcore's answer to a Response."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping

import httpcore

from prefectkit.core.errors import PrefectKitError, TransportError, TransportTimeout
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.urls import origin
from prefectkit.transports.http import doubles
from prefectkit.transports.http.failures import translate
from prefectkit.transports.http.options import Options
from prefectkit.transports.http.route import is_plain, route
from prefectkit.transports.http.step_timeout import patience
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.body import Body
from prefectkit.transports.wire.failures import late
from prefectkit.transports.wire.fields import fields

PASSED = (AssertionError, PrefectKitError)
"""Raised as they are: test doubles complain by assertion, and the rest is told already."""

Pairs = list[tuple[bytes, bytes]]
_WITH_LENGTH = frozenset({"PATCH", "POST", "PUT"})


class Exchange:
    """One request, what was agreed for it, and how far it came."""

    __slots__ = ("attempt", "options", "request")

    def __init__(self, request: Request, options: Options) -> None:
        self.request = request
        self.options = options
        self.attempt = Attempt(request.timeout, sent=not options.own_pool)

    def plain(self) -> httpcore.Request | None:
        """The request as it goes over the wire; None where it takes httpx to make that of it."""
        request, fixed = self.request, self.options.headers
        way = route(request.base_url)
        if fixed is None or way is None or not is_plain(request.target) or doubles.are_at_work():
            return None
        headers = {"host": way.authority, **fixed, **request.headers}
        if (request.body or request.method in _WITH_LENGTH) and "transfer-encoding" not in headers:
            headers["content-length"] = str(len(request.body))
        target = f"{way.path}{request.target}".encode("ascii")
        return httpcore.Request(
            request.method,
            httpcore.URL(scheme=way.scheme, host=way.host, port=way.port, target=target),
            headers=encoded(headers),
            content=Whole(request.body),
            extensions=self.extensions(),
        )

    def extensions(self) -> dict[str, object]:
        """What httpx and httpcore are told beside the request."""
        return {"timeout": patience(self.attempt, self.options.steps)}

    def body(self, headers: Mapping[str, str]) -> Body:
        """What takes the answer's bytes. A stream may be of any length."""
        return Body(headers, None if self.request.stream else self.options.max_body_bytes)

    def failure(self, error: Exception) -> TransportError:
        """The error for what was raised below."""
        return translate(error, origin(self.request.base_url), self.attempt, self.options)

    def late(self) -> TransportTimeout:
        """The error for an attempt whose time is up."""
        return late(origin(self.request.base_url), self.attempt)


class Whole(AsyncIterator[bytes]):
    """A body in one piece. httpcore's own is a generator, which trio complains of where a write fails."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._left: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        return iter([self._body] if self._body else [])

    def __aiter__(self) -> Whole:
        self._left = [self._body] if self._body else []
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


def encoded(headers: Mapping[str, str]) -> Pairs:
    """The headers as bytes."""
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


def head(answer: httpcore.Response) -> Response:
    """The answer without its body."""
    return Response(answer.status, fields(answer.headers))
