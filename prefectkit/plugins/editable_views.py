"""Redacted views that can be changed, for transformers of plugins that may not see secrets.

A plugin writes what it likes and reads what is not secret. A redacted value that is written back keeps its original.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request
from prefectkit.core.security.redaction import REDACTED, SHOWN_HEADERS
from prefectkit.plugins.request_checks import check_timeout, check_type, fixed_error, replace_request
from prefectkit.plugins.views import CallView, RequestView

HOW_TO_READ = "a plugin that has to read it declares `prefectkit_secrets = True`, and the user allows it"


class EditableHeaders(MutableMapping[str, str]):
    """The headers of a request: writable, and readable where they are not secret."""

    __slots__ = ("_headers",)

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        value = self._headers[name.lower()]
        return value if name.lower() in SHOWN_HEADERS else REDACTED

    def __setitem__(self, name: str, value: str) -> None:
        # A redacted value that is written back keeps its original.
        if value != REDACTED or name.lower() not in self._headers:
            _refuse_redacted(f"header {name!r}", value)
            self._headers[name.lower()] = value

    def __delitem__(self, name: str) -> None:
        del self._headers[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._headers)

    def __len__(self) -> int:
        return len(self._headers)

    def __repr__(self) -> str:
        return f"<headers {', '.join(self._headers)}>"

    def replaced(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The unredacted headers after a replacement by these."""
        new = EditableHeaders({})
        for name, value in headers.items():
            kept = value == REDACTED and name.lower() in self._headers
            new[name] = self._headers[name.lower()] if kept else value
        return new._headers


class EditableRequestView(RequestView):
    """A request that can be changed: the line and the body in `before_call` only, headers and timeout until it is sent.

    In `before_call` it has its call.
    """

    _call: Call | None = None

    @property
    def method(self) -> str:
        """GET, POST, ..."""
        return self._request.method

    @method.setter
    def method(self, value: str) -> None:
        self._check_change("method", value)
        self._request.method = value

    @property
    def base_url(self) -> str:
        """The root of the API, without a trailing slash."""
        return self._request.base_url

    @base_url.setter
    def base_url(self, value: str) -> None:
        self._check_change("base_url", value)
        self._request.base_url = value

    @property
    def target(self) -> str:
        """Path and query below the root."""
        return super().target

    @target.setter
    def target(self, value: str) -> None:
        self._check_change("target", value)
        if value != self.target:
            _refuse_redacted("target", value)
            self._request.target = value

    @property
    def headers(self) -> MutableMapping[str, str]:
        """By lower-case name; the value of a header that may be secret reads `<redacted>`."""
        return EditableHeaders(self._request.headers)

    @headers.setter
    def headers(self, value: Mapping[str, str]) -> None:
        self._request.headers = EditableHeaders(self._request.headers).replaced(value)

    @property
    def body(self) -> bytes:
        """The bytes to send; `<redacted>` where they hold secrets."""
        return super().body

    @body.setter
    def body(self, value: bytes) -> None:
        self._check_change("body", value)
        if value != self.body:
            _refuse_redacted("body", value.decode(errors="replace"))
            self._request.body = value

    @property
    def timeout(self) -> float | None:
        """Seconds that the transport may take; None for no limit."""
        return self._request.timeout

    @timeout.setter
    def timeout(self, value: float | None) -> None:
        check_timeout(value)
        self._request.timeout = value

    def sibling(self, method: str, target: str, *, body: bytes = b"") -> OwnRequestView:
        """A request of the plugin's own to the same API, with the headers that this one started with.

        Args:
            method: The HTTP method.
            target: Path and query, relative to the API's root.
            body: The body.
        """
        return OwnRequestView(self._request.sibling(method, target, body=body))

    def _check_change(self, name: str, value: object) -> None:
        if not self._is_open:
            raise fixed_error(name)
        check_type(name, value)

    @property
    def _is_open(self) -> bool:
        return self._call is not None and not self._call.attempt


class OwnRequestView(EditableRequestView):
    """A plugin's own request, which it may change until it is sent; credentials that other plugins add are redacted."""

    @property
    def _is_open(self) -> bool:
        return True


class EditableCallView(CallView):
    """A call whose request can be changed or replaced before its first attempt."""

    @property
    def request(self) -> EditableRequestView:
        """The request of the call."""
        return EditableRequestView(self._call.request, self._call)

    @request.setter
    def request(self, value: Request | EditableRequestView) -> None:
        if self._call.attempt:
            raise fixed_error("request", "call")
        replace_request(self._call, unwrapped(value), self._call.request)


def unwrapped(request: Request | EditableRequestView) -> Request:
    """The request behind a view.

    Raises:
        TypeError: It is no request.
    """
    if isinstance(request, EditableRequestView):
        return request._request  # pyright: ignore[reportPrivateUsage] -- what is wrapped here is unwrapped here
    check_type("request", request)
    return request


def _refuse_redacted(what: str, value: object) -> None:
    if isinstance(value, str) and REDACTED in value:
        raise ValueError(f"the new {what} is made of one that is redacted: {HOW_TO_READ}")
