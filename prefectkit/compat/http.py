"""The `httpx` objects of flat methods: requests, responses, status errors and transport errors."""

from __future__ import annotations

from typing import Any, Self, cast

import httpx

from prefectkit.compat.official_errors import reduce_error
from prefectkit.core.errors import CallError, ConnectError, IncompleteResponse, TransportError, TransportTimeout
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.retries.policy import Phase
from prefectkit.core.security.redaction import redact_request_headers
from prefectkit.core.security.redactor import Redactor
from prefectkit.core.security.secrets import MASK

# The transport has decoded these already; httpx would decode them again.
_UNDONE = frozenset({"content-encoding", "transfer-encoding"})

_HTTP = frozenset({"httpcore", "httpx"})

# Fields of an error response that repeat the request.
_REPEATED = frozenset({"input", "request_body"})


class SentRequest(httpx.Request):
    """A request as it was sent. Pickles and copies of it are redacted.

    Attributes:
        sent: The request of this package.
    """

    sent: Request

    @property
    def redactor(self) -> Redactor:
        """The redactor of this request's secrets."""
        return Redactor.of(self.sent)

    def __repr__(self) -> str:
        return f"<Request({self.method!r}, {self.redactor.text(str(self.url))!r})>"

    def __reduce__(self) -> tuple[Any, ...]:
        redactor = self.redactor
        headers = redact_request_headers(dict(self.headers))
        return _pickled_request, (self.method, redactor.text(str(self.url)), headers, redactor.body(self.sent.body))


class PrefectHTTPStatusError(httpx.HTTPStatusError):
    """A status that is not a success; the message quotes the response, without secrets."""

    @classmethod
    def from_httpx_error(cls, httpx_error: httpx.HTTPStatusError) -> Self:
        """The error of httpx with the JSON of the response in its message.

        Args:
            httpx_error: The error of httpx.
        """
        redactor = _redactor(httpx_error.request)
        try:
            details = httpx_error.response.json()
        except ValueError:
            details = None
        if redactor.redacts_bodies:
            details = _unrepeated(details)
        details = redactor.json(details)
        first, *more = redactor.text(str(httpx_error)).split("\n")
        parts = [first, *([f"Response: {details}"] if details else []), *more]
        return cls(" - ".join(parts), request=httpx_error.request, response=httpx_error.response)

    def __reduce__(self) -> tuple[Any, ...]:
        restored, arguments, state = reduce_error(self)
        redactor = _redactor(self.request)
        response = httpx.Response(
            self.response.status_code,
            headers=redactor.headers(dict(self.response.headers)),
            content=redactor.body(self.response.content),
            request=self.request,
        )
        return restored, arguments, {**state, "response": response}


class PrefectResponse(httpx.Response):
    """A response whose `raise_for_status` raises a `PrefectHTTPStatusError`."""

    def raise_for_status(self) -> httpx.Response:
        """Raise for a status that is not a success.

        Raises:
            PrefectHTTPStatusError: The status is not a success.
        """
        try:
            return super().raise_for_status()
        except httpx.HTTPStatusError as error:
            raise PrefectHTTPStatusError.from_httpx_error(error) from error.__cause__


def http_request(request: Request) -> SentRequest:
    """The request as one of httpx."""
    sent = SentRequest(request.method, request.url, headers=request.headers, content=request.body)
    sent.sent = request
    return sent


def http_response(request: Request, response: Response) -> PrefectResponse:
    """The response as one of httpx."""
    headers = {name: value for name, value in response.headers.items() if name not in _UNDONE}
    return PrefectResponse(response.status, headers=headers, content=response.body, request=http_request(request))


def status_error(request: Request, response: Response) -> PrefectHTTPStatusError:
    """The error for a response that is not a success. Its message is redacted."""
    try:
        httpx.Response.raise_for_status(http_response(request, response))
    except httpx.HTTPStatusError as error:
        return PrefectHTTPStatusError.from_httpx_error(error)
    raise AssertionError(f"{response.status} is a success")


def transport_error(request: Request, error: CallError) -> httpx.RequestError:
    """The error for a request without a response: that of httpx for this failure, with our message."""
    kind = _kind(error)
    return kind(str(error), request=http_request(request))


def _kind(error: CallError) -> type[httpx.RequestError]:
    for base in type(error.__cause__).__mro__:
        # httpcore's errors have the names of httpx's.
        kind = getattr(httpx, base.__name__, None) if base.__module__.partition(".")[0] in _HTTP else None
        if isinstance(kind, type) and issubclass(kind, httpx.RequestError):
            return kind
    match error:
        case TransportTimeout(phase=Phase.NOTHING_SENT):
            return httpx.ConnectTimeout
        case TransportTimeout():
            return httpx.ReadTimeout
        case ConnectError():
            return httpx.ConnectError
        case IncompleteResponse():
            return httpx.RemoteProtocolError
        case TransportError(phase=Phase.NOTHING_SENT, retryable=False):
            return httpx.LocalProtocolError
        case _:
            return httpx.TransportError


def malformed(request: Request, response: Response) -> httpx.RequestError:
    """The error for a new object without an id."""
    return httpx.RequestError(f"Malformed response: {http_response(request, response)}", request=http_request(request))


def _unrepeated(details: Any) -> Any:
    match details:
        case dict():
            items = cast("dict[str, Any]", details).items()
            return {name: MASK if name in _REPEATED else _unrepeated(item) for name, item in items}
        case list():
            return [_unrepeated(item) for item in cast("list[Any]", details)]
        case _:
            return details


def _redactor(request: httpx.Request) -> Redactor:
    return request.redactor if isinstance(request, SentRequest) else Redactor("", dict(request.headers))


def _pickled_request(method: str, url: str, headers: dict[str, str], body: bytes) -> httpx.Request:
    return httpx.Request(method, url, headers=headers, content=body)
