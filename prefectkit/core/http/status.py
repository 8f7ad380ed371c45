"""Errors for statuses: the error class of a response, its message, and whether it may be retried."""

from __future__ import annotations

from typing import Any

import msgspec

from prefectkit.core.errors import CallError, NotSupportedByServer, ResponseDecodeError, StatusError, TransportError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.redirects import REDIRECTS, redirect_error
from prefectkit.core.http.validation_errors import refused_fields
from prefectkit.core.retries.policy import Phase, phase_of_status
from prefectkit.core.retries.retry_after import parse_retry_after
from prefectkit.core.security.decoded_text import readable
from prefectkit.core.security.redactor import Redactor
from prefectkit.version import SERVER_VERSION

MOST_SHOWN = 2048
"""The longest excerpt of a response in an error message, in characters."""
MOST_REDACTED = 8 * MOST_SHOWN
"""Characters that are redacted before the excerpt is cut: a key that is cut in two is not recognized."""
MOST_PARSED = 1 << 18
"""Bodies of error responses with more bytes are not parsed, because parsing blocks the event loop."""


def status_error(request: Request, response: Response) -> StatusError:
    """The error for a response that is not a success."""
    if response.status in REDIRECTS:
        why = "redirects are not followed, so that no key reaches another server; use the URL it points to"
        return redirect_error(request, response, why)
    redactor = Redactor.of(request, response)
    detail = _detail(response, redactor)
    where = request.base_url + request.target.partition("?")[0]
    message = f"{response.status} {response.reason} from {request.method} {where}".replace("  ", " ")
    if detail:
        message += f": {_shown(_detail_text(detail, request.body), redactor).removesuffix('.')}"
    message += _hint(request, response)
    error = StatusError.of(response.status)(message, response=response, detail=detail)
    error.redactor = redactor
    error.retry_after = parse_retry_after(response.headers.get("retry-after"), response.headers.get("date"))
    error.retryable = phase_of_status(response.status) is not None
    return error


def depends_on_version(error: StatusError) -> bool:
    """Whether the error may be due to another server version: an unknown route or an unknown field."""
    match error.status, error.detail:
        case (404, "Not Found") | (405, _):
            return True
        case 422, [*faults]:
            return any(_is_unknown_field(fault) for fault in faults)
        case _:
            return False


def _is_unknown_field(fault: Any) -> bool:
    match fault:
        case {"type": "extra_forbidden"}:
            return True
        case _:
            return False


def with_server_version(error: StatusError, server_version: str) -> StatusError:
    """The error for an unknown route or field, with the server's version."""
    assert error.redactor is not None, "`status_error` sets it"
    server_version = error.redactor.text(server_version)
    versions = f"the server runs Prefect {server_version}, and this SDK was written for {SERVER_VERSION}"
    if error.status == 422:
        if server_version != SERVER_VERSION:
            error.args = (f"{error.args[0]}; {versions}: it may be older than this field",)
        return error
    absent = NotSupportedByServer(f"{error.args[0]}: no such route; {versions}", response=error.response)
    absent.detail = error.detail
    absent.redactor = error.redactor
    absent.server_version = server_version
    return absent


def with_unknown_version(error: StatusError, base_url: str) -> StatusError:
    """The error for an unknown route or field of a server that reports no version: it may not be Prefect."""
    if error.status != 422 and _has_path(base_url):
        error.args = (error.args[0] + _is_it_an_api(base_url),)
    return error


def phase_of(error: CallError, extra_statuses: frozenset[int]) -> Phase | None:
    """How far the failed attempt came; None if the error is final."""
    match error:
        case TransportError():
            return error.phase
        case StatusError():
            phase = phase_of_status(error.status, extra_statuses)
            error.retryable = phase is not None
            if phase is None and error.status > 505:
                # A gateway sends these: 520, for example, when it lost the response of the server.
                return Phase.AMBIGUOUS
            if phase is not None and error.response.headers.get("prefect-maintenance", "").lower() == "true":
                # During maintenance the server processes no request.
                return Phase.REFUSED
            return phase
        case ResponseDecodeError():
            # The request was applied, and its response is unusable.
            error.retryable = "html" not in error.content_type
            return Phase.AMBIGUOUS
        case _:
            return None


def _detail(response: Response, redactor: Redactor) -> Any:
    """The server's explanation: the `detail` or `message` of a JSON body, else its text unless it is HTML."""
    try:
        body: Any = msgspec.json.decode(response.body if len(response.body) <= MOST_PARSED else b"")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        is_page = "html" in response.headers.get("content-type", "")
        return "" if is_page else _shown(readable(response.body[: 4 * MOST_REDACTED]), redactor)
    return redactor.json(_error_detail(body))


def _error_detail(body: Any) -> Any:
    match body:
        case {"exception_detail": [*faults]}:
            return [_without_input(fault) for fault in faults]
        case {"detail": [*faults]}:
            return [_without_input(fault) for fault in faults]
        case {"detail": said} | {"message": said} | {"exception_message": said} if said:
            return said
        case _:
            return body


def _shown(text: str, redactor: Redactor) -> str:
    # The end of a long text may be cut within a secret, as here or where a stream was read no further.
    return redactor.text(text[:MOST_REDACTED], is_cut=len(text) > MOST_SHOWN)[:MOST_SHOWN]


def _without_input(fault: Any) -> Any:
    # A fault repeats the input, which may be a secret.
    match fault:
        case {"loc": place, "msg": reason, **more}:
            return {"loc": place, "msg": reason, "type": more.get("type")}
        case _:
            return fault


def _detail_text(detail: Any, body: bytes) -> str:
    match detail:
        case str():
            return detail
        case [*faults]:
            return refused_fields(faults, body)
        case _:
            return msgspec.json.encode(detail).decode("utf-8", "replace")


def _has_path(base_url: str) -> bool:
    return bool(base_url.split("://", 1)[-1].partition("/")[2])


def _is_it_an_api(base_url: str) -> str:
    return f". Is {base_url} the root of an API? It usually ends in '/api'"


def _hint(request: Request, response: Response) -> str:
    match response.status:
        case 401 | 403 if "authorization" not in request.headers:
            settings = "PREFECT_API_KEY or PREFECT_API_AUTH_STRING"
            needed = ", if it needs any" if response.status == 403 else ""
            return f". No credentials were sent: pass api_key or auth_string, or set {settings}{needed}"
        case 401 | 403:
            return ". The credentials that were sent are wrong or do not allow this"
        case 404 | 405 if not _has_path(request.base_url):
            return f". {request.base_url} has no path: is the API at {request.base_url}/api?"
        case 404 | 405 if "html" in response.headers.get("content-type", ""):
            return _is_it_an_api(request.base_url)
        case _:
            return ""
