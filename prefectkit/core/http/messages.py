"""Request and Response: small, library-neutral, bytes in and bytes out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from prefectkit.core.errors import ResponseDecodeError

if TYPE_CHECKING:
    from prefectkit.core.operation import Operation
    from prefectkit.core.security.known_secrets import KnownSecrets
    from prefectkit.core.security.redactor import Redactor


class Request:
    """One HTTP request, as a transport sends it.

    Attributes:
        method: GET, POST, ...
        base_url: The root of the API, without a trailing slash.
        target: Path and query below the root, quoted: `/flow_runs/filter`.
        headers: By lower-case name.
        body: The bytes to send, empty for none.
        timeout: Seconds that the transport may take until the whole response has arrived; None for no limit.
        stream: Return the body of the response in chunks, as they arrive.
        operation: The operation; None for a plugin's own request.
        path_params: The path parameters, as the caller passed them.
        known: Secrets of the client that a transport adds; they are redacted in errors.
    """

    __slots__ = (
        "base_url",
        "body",
        "headers",
        "known",
        "method",
        "operation",
        "path_params",
        "stream",
        "target",
        "timeout",
    )

    def __init__(
        self,
        method: str,
        base_url: str,
        target: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        timeout: float | None = None,
        stream: bool = False,
        operation: Operation | None = None,
        path_params: Mapping[str, object] = MappingProxyType({}),
        known: KnownSecrets | None = None,
    ) -> None:
        self.method = method
        self.base_url = base_url
        self.target = target
        self.headers = {} if headers is None else headers
        self.body = body
        self.timeout = timeout
        self.stream = stream
        self.operation = operation
        self.path_params = path_params
        self.known = known

    @property
    def url(self) -> str:
        """The absolute URL."""
        return self.base_url + self.target

    def copy(self) -> Request:
        """A copy of the request, with its own headers."""
        return Request(
            self.method,
            self.base_url,
            self.target,
            headers=dict(self.headers),
            body=self.body,
            timeout=self.timeout,
            stream=self.stream,
            operation=self.operation,
            path_params=self.path_params,
            known=self.known,
        )

    def sibling(self, method: str, target: str, *, body: bytes = b"") -> Request:
        """A request of a plugin's own to the same API, with the headers that this one started with.

        Args:
            method: The HTTP method.
            target: Path and query, relative to the API's root.
            body: The body.
        """
        headers = {
            name: value for name, value in self.headers.items() if name not in ("content-type", "content-length")
        }
        return Request(
            method, self.base_url, target, headers=headers, body=body, timeout=self.timeout, known=self.known
        )

    def __repr__(self) -> str:
        # Headers, query and body may hold secrets.
        return f"<Request {self.method} {self.target.partition('?')[0]}>"


class Response:
    """One HTTP response, as a transport returns it.

    Attributes:
        status: The HTTP status.
        headers: By lower-case name; values of a repeated name are joined by a comma.
        body: The whole body; empty if there are `chunks`.
        chunks: The body in chunks, for a request with `stream`: an iterator of a sync transport, an async iterator of
            an async one, with `close` or `aclose` if it holds a connection. None if `body` is the whole body.
        deduplicated: The request had been applied before: by an attempt of the same call whose response was lost, or
            by a request with the same idempotency key.
    """

    __slots__ = ("body", "chunks", "deduplicated", "headers", "status")

    def __init__(
        self,
        status: int,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
        *,
        chunks: Iterator[bytes] | AsyncIterator[bytes] | None = None,
        deduplicated: bool = False,
    ) -> None:
        self.status = status
        self.headers = {} if headers is None else headers
        self.body = body
        self.chunks = chunks
        self.deduplicated = deduplicated

    @property
    def reason(self) -> str:
        """The reason phrase of the status; empty for an unknown one."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""

    @property
    def is_success(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text; invalid UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body parsed as JSON.

        Raises:
            ResponseDecodeError: It is not JSON.
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            content_type = self.headers.get("content-type", "")
            message = f"the body ({content_type or 'no content type'}) is not JSON: {error}"
            raise ResponseDecodeError(message, status=self.status, content_type=content_type) from None

    def redacted(self, redactor: Redactor) -> Response:
        """The response without secrets, and with its whole body.

        Args:
            redactor: The redactor of the request.
        """
        return Response(
            self.status, redactor.headers(self.headers), redactor.body(self.body), deduplicated=self.deduplicated
        )

    def __repr__(self) -> str:
        return f"<Response {self.status}>"
