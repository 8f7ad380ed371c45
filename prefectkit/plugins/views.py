"""Read-only, redacted views of a call, a request, a response and an error, for plugins that may not see secrets.

A view is made for each hook and reads on demand: a header or a body that no plugin asks for is not redacted.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from prefectkit.core.errors import CallError, PrefectKitError, ResponseDecodeError, StatusError, TransportError
from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.operation import Operation
from prefectkit.core.security.redaction import (
    REDACTED,
    is_secret_route,
    redact,
    redact_request_headers,
    redact_response_headers,
)
from prefectkit.core.security.redactor import Redactor


class RequestView(msgspec.Struct, eq=False):
    """A redacted request, to read only."""

    _request: Request

    @property
    def method(self) -> str:
        """GET, POST, ..."""
        return self._request.method

    @property
    def base_url(self) -> str:
        """The root of the API, without a trailing slash."""
        return self._request.base_url

    @property
    def target(self) -> str:
        """Path and query below the root. The query of a plugin's own request is redacted."""
        target = self._request.target
        path, mark, _ = target.partition("?")
        return redact(target) if self._request.operation else path + mark + (REDACTED if mark else "")

    @property
    def url(self) -> str:
        """The absolute URL."""
        return self.base_url + self.target

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name; values that may be secret, those of custom headers too, are `<redacted>`."""
        return MappingProxyType(redact_request_headers(self._request.headers))

    @property
    def body(self) -> bytes:
        """The bytes to send; `<redacted>` where they hold secrets, and for a plugin's own request."""
        return _shown(self._request, self._request.body)

    @property
    def timeout(self) -> float | None:
        """Seconds that the transport may take; None for no limit."""
        return self._request.timeout

    @property
    def stream(self) -> bool:
        """Whether the response comes in chunks."""
        return self._request.stream

    @property
    def operation(self) -> Operation | None:
        """What is called; None for a plugin's own request."""
        return self._request.operation

    def __repr__(self) -> str:
        return repr(self._request)


class ResponseView(msgspec.Struct, eq=False):
    """A redacted response, to read only. A body that comes in chunks is not shown."""

    _response: Response
    _request: Request
    _own: bool = False

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._response.status

    @property
    def reason(self) -> str:
        """The status in words, empty for an unknown one."""
        return self._response.reason

    @property
    def is_success(self) -> bool:
        """2xx."""
        return self._response.is_success

    @property
    def deduplicated(self) -> bool:
        """Whether the request had been carried out before."""
        return self._response.deduplicated

    @property
    def headers(self) -> Mapping[str, str]:
        """By lower-case name; values that may be secret are `<redacted>`."""
        return MappingProxyType(redact_response_headers(self._response.headers))

    @property
    def body(self) -> bytes:
        """The whole body; `<redacted>` where it holds secrets, and for a plugin's own request."""
        return _shown(self._request, self._response.body, self._own)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body parsed as JSON; the text `<redacted>` where it is redacted.

        Raises:
            ResponseDecodeError: It is not JSON.
        """
        body = self.body
        return REDACTED if body == REDACTED.encode() else Response(200, self._response.headers, body).json()

    def redacted(self, redactor: Redactor) -> Response:
        """What the view shows, without a reference to the response itself.

        Args:
            redactor: The redactor of the request.
        """
        shown = Response(self.status, dict(self.headers), self.body, deduplicated=self.deduplicated)
        return shown.redacted(redactor)

    def __repr__(self) -> str:
        return repr(self._response)


class CallView(msgspec.Struct, eq=False):
    """A logical call, to read only, except for `state`."""

    _call: Call
    _plugin: str

    @property
    def id(self) -> int:
        """A number that no other call of this process has."""
        return self._call.id

    @property
    def operation(self) -> Operation:
        """What is called."""
        return self._call.operation

    @property
    def request(self) -> RequestView:
        """The request of the current attempt."""
        return RequestView(self._call.request)

    @property
    def attempt(self) -> int:
        """The number of the current attempt, from 1; 0 before the first."""
        return self._call.attempt

    @property
    def started(self) -> float:
        """The client's clock at the start, in seconds from an arbitrary zero."""
        return self._call.started

    @property
    def elapsed(self) -> float:
        """Seconds since the start, by the client's clock: pauses and earlier attempts included."""
        return self._call.elapsed

    @property
    def state(self) -> dict[str, Any]:
        """A dictionary of the plugin's own, the same in all of its hooks on this call."""
        return self._call.states.setdefault(self._plugin, {})

    def __repr__(self) -> str:
        return repr(self._call)


class ClientView(msgspec.Struct, frozen=True, eq=False):
    """A client, to read only; the same object when it is opened and when it is closed.

    Attributes:
        api_url: The root of the API, without a trailing slash.
        sync: Whether it blocks.
    """

    api_url: str
    sync: bool


def error_view(error: BaseException, request: Request) -> BaseException:
    """A redacted copy of an error of the SDK, without its traceback; any other error is returned as it is."""
    if not isinstance(error, PrefectKitError):
        return error
    seen = type(error).__new__(type(error))
    seen.args = error.args
    seen.__dict__.update(error.__dict__)
    seen.__dict__.pop("redactor", None)
    if isinstance(error.__cause__, PrefectKitError):
        seen.__cause__ = error_view(error.__cause__, request)
    if isinstance(seen, StatusError):
        seen.__dict__["response"] = ResponseView(seen.response, request)
    if is_secret_route(request.target):
        if isinstance(seen, CallError) and not isinstance(seen, TransportError):
            seen.args = (REDACTED,)
        if isinstance(seen, StatusError):
            seen.detail = REDACTED
        if isinstance(seen, ResponseDecodeError):
            seen.excerpt = REDACTED
    return seen


def _shown(request: Request, body: bytes, is_own: bool = False) -> bytes:
    if body and request.operation is None and not is_own:
        return REDACTED.encode()
    return Redactor.of(request).body(body)
