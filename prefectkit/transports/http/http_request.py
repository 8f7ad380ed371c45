"""One request of an HTTP transport: its form for httpcore, its deadline, its errors, and the head of its response."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping

import httpcore

from prefectkit.core.errors import PrefectKitError, TransportError, TransportTimeout
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.urls import origin
from prefectkit.transports.http.base_url import is_plain, parse_base_url
from prefectkit.transports.http.error_mapping import to_transport_error
from prefectkit.transports.http.mock_detection import is_httpx_mocked
from prefectkit.transports.http.options import Options
from prefectkit.transports.http.step_timeout import step_timeouts
from prefectkit.transports.wire.attempt import Attempt
from prefectkit.transports.wire.body_decoder import BodyDecoder
from prefectkit.transports.wire.errors import timed_out
from prefectkit.transports.wire.headers import decode_headers

UNCHANGED_ERRORS = (AssertionError, PrefectKitError)
"""Not converted to a `TransportError`: failed assertions of test mocks, and errors that are converted already."""

HeaderPairs = list[tuple[bytes, bytes]]
_WITH_LENGTH = frozenset({"PATCH", "POST", "PUT"})


class HTTPRequest:
    """A request, the options of its transport, and the state of its attempt."""

    __slots__ = ("attempt", "options", "request")

    def __init__(self, request: Request, options: Options) -> None:
        self.request = request
        self.options = options
        self.attempt = Attempt(request.timeout, sent=not options.uses_own_pool)

    def to_httpcore(self) -> httpcore.Request | None:
        """The request as httpx would hand it to httpcore; None if that needs httpx."""
        request, fixed = self.request, self.options.headers
        base = parse_base_url(request.base_url)
        if fixed is None or base is None or not is_plain(request.target) or is_httpx_mocked():
            return None
        headers = {"host": base.authority, **fixed, **request.headers}
        if (request.body or request.method in _WITH_LENGTH) and "transfer-encoding" not in headers:
            headers["content-length"] = str(len(request.body))
        target = f"{base.path}{request.target}".encode("ascii")
        return httpcore.Request(
            request.method,
            httpcore.URL(scheme=base.scheme, host=base.host, port=base.port, target=target),
            headers=encode_headers(headers),
            content=BytesBody(request.body),
            extensions=self.extensions(),
        )

    def extensions(self) -> dict[str, object]:
        """The request extensions of httpx and httpcore."""
        return {"timeout": step_timeouts(self.attempt, self.options.steps)}

    def body_decoder(self, headers: Mapping[str, str]) -> BodyDecoder:
        """The decoder of the response body. A stream has no size limit."""
        return BodyDecoder(headers, None if self.request.stream else self.options.max_body_bytes)

    def error_for(self, error: Exception) -> TransportError:
        """The error to raise for an exception of httpcore or httpx."""
        return to_transport_error(error, origin(self.request.base_url), self.attempt, self.options)

    def timed_out(self) -> TransportTimeout:
        """The error for an attempt that exceeded its timeout."""
        return timed_out(origin(self.request.base_url), self.attempt)


class BytesBody(AsyncIterator[bytes]):
    """A body in one chunk, sync and async. httpcore's is a generator, about which trio complains if a write fails."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._unread: list[bytes] = []

    def __iter__(self) -> Iterator[bytes]:
        return iter([self._body] if self._body else [])

    def __aiter__(self) -> BytesBody:
        self._unread = [self._body] if self._body else []
        return self

    async def __anext__(self) -> bytes:
        if not self._unread:
            raise StopAsyncIteration
        return self._unread.pop()


def encode_headers(headers: Mapping[str, str]) -> HeaderPairs:
    """The headers as bytes."""
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


def response_head(response: httpcore.Response) -> Response:
    """The response without its body."""
    return Response(response.status, decode_headers(response.headers))
