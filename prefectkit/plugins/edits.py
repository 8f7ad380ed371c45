"""What transformers are given: a call and a request that they may change, and read only as far as observers may.

What a retry would send differently is fixed once `before_call` is over: every attempt sends the same line and body.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request
from prefectkit.core.security.redaction import REDACTED, SHOWN_HEADERS
from prefectkit.plugins.views import CallView, RequestView

NEED = "a plugin that has to read it declares `prefectkit_secrets = True`, and the user allows it"


class HeadersEdit(MutableMapping[str, str]):
    """The headers of a request: written freely, and read where they are not secret."""

    __slots__ = ("_headers",)

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    def __getitem__(self, name: str) -> str:
        value = self._headers[name.lower()]
        return value if name.lower() in SHOWN_HEADERS else REDACTED

    def __setitem__(self, name: str, value: str) -> None:
        # What is put back redacted stays what it was.
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
        """The headers themselves, were they to be these."""
        new = HeadersEdit({})
        for name, value in headers.items():
            kept = value == REDACTED and name.lower() in self._headers
            new[name] = self._headers[name.lower()] if kept else value
        return new._headers


class RequestEdit(RequestView):
    """A request that may be changed: the line and the body in `before_call` only, headers and timeout until it is sent.

    In `before_call` it knows its call.
    """

    _call: Call | None = None

    @property
    def method(self) -> str:
        """GET, POST, ..."""
        return self._request.method

    @method.setter
    def method(self, value: str) -> None:
        self._check_change("method", value, str)
        self._request.method = value

    @property
    def base_url(self) -> str:
        """The root of the API, without a trailing slash."""
        return self._request.base_url

    @base_url.setter
    def base_url(self, value: str) -> None:
        self._check_change("base_url", value, str)
        self._request.base_url = value

    @property
    def target(self) -> str:
        """Path and query below the root."""
        return super().target

    @target.setter
    def target(self, value: str) -> None:
        self._check_change("target", value, str)
        if value != self.target:
            _refuse_redacted("target", value)
            self._request.target = value

    @property
    def headers(self) -> MutableMapping[str, str]:
        """By lower-case name; of those that may be secret the value reads `<redacted>`."""
        return self._request.headers if self._show else HeadersEdit(self._request.headers)

    @headers.setter
    def headers(self, value: Mapping[str, str]) -> None:
        if self._show:
            self._request.headers = dict(value)
            return
        self._request.headers = HeadersEdit(self._request.headers).replaced(value)

    @property
    def body(self) -> bytes:
        """The bytes to send; `<redacted>` where they hold secrets."""
        return super().body

    @body.setter
    def body(self, value: bytes) -> None:
        self._check_change("body", value, bytes)
        if value != self.body:
            _refuse_redacted("body", value.decode(errors="replace"))
            self._request.body = value

    @property
    def timeout(self) -> float | None:
        """Seconds that the transport may take; None for no limit."""
        return self._request.timeout

    @timeout.setter
    def timeout(self, value: float | None) -> None:
        if value is not None and not (isinstance(value, (int, float)) and value > 0):  # pyright: ignore[reportUnnecessaryIsInstance] -- plugins give it
            raise ValueError(f"the timeout of a request must be seconds above 0, or None, got {value!r}")
        self._request.timeout = value

    def sibling(self, method: str, target: str, *, body: bytes = b"") -> Request | OwnRequest:
        """A request of the plugin's own to the same API, with the headers that this one started with."""
        own = self._request.sibling(method, target, body=body)
        return own if self._show else OwnRequest(own, False)

    def _check_change(self, name: str, value: object, kind: type) -> None:
        if not self._is_open:
            raise AttributeError(f"the {name} of a request is fixed once before_call is over: change it there")
        if not isinstance(value, kind):
            raise TypeError(f"the {name} of a request must be {kind.__name__}, got {type(value).__name__}")

    @property
    def _is_open(self) -> bool:
        return self._call is not None and not self._call.attempt


class OwnRequest(RequestEdit):
    """A plugin's own request, which it may change throughout; credentials that it was given on its way are redacted."""

    @property
    def _is_open(self) -> bool:
        return True


class CallEdit(CallView):
    """A call whose request may be changed, or be another one, before its first attempt."""

    @property
    def request(self) -> RequestEdit:
        """The request of the call."""
        return RequestEdit(self._call.request, self._show, self._call)

    @request.setter
    def request(self, value: Request | RequestEdit) -> None:
        if self._call.attempt:
            raise AttributeError("the request of a call is fixed once before_call is over: change it there")
        before, given = self._call.request, raw(value)
        if given is not before:
            # Credentials are put in there, and whoever made it holds on to its own.
            self._call.request = given.copy()
            self._call.request.operation = before.operation
            self._call.request.path_params = before.path_params


def raw(request: Request | RequestEdit) -> Request:
    """The request itself.

    Raises:
        TypeError: It is none.
    """
    if isinstance(request, RequestEdit):
        return request._request  # pyright: ignore[reportPrivateUsage] -- what is wrapped here is unwrapped here
    if isinstance(request, Request):  # pyright: ignore[reportUnnecessaryIsInstance] -- plugins give it
        return request
    raise TypeError(f"a request must be a Request, got {type(request).__name__}")


def _refuse_redacted(what: str, value: object) -> None:
    if isinstance(value, str) and REDACTED in value:
        raise ValueError(f"the new {what} is made of one that is redacted: {NEED}")
