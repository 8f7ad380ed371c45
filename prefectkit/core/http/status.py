"""The error table: what a status means, and what to say of it."""

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
"""Characters of a response that an error shows at most."""
MOST_REDACTED = 8 * MOST_SHOWN
"""Characters that are scrubbed to show so many: what looks like a key does so no longer where it is cut in two."""
MOST_PARSED = 1 << 18
"""Bytes of a refusal above which its body is not parsed: the event loop waits meanwhile."""


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
    """Whether the refusal may be that of another version than the SDK was written for: no such route, no such field."""
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
    """Such a refusal, now that the server's version is known."""
    if error.redactor is not None:
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
    """Such a refusal, where the server does not say its version either: it may be none of Prefect's."""
    if error.status != 422 and _has_path(base_url):
        error.args = (error.args[0] + _is_it_an_api(base_url),)
    return error


def phase_of(error: CallError, extra_statuses: frozenset[int]) -> Phase | None:
    """How far the attempt came that ended in this error; None where the error is final."""
    match error:
        case TransportError():
            return error.phase
        case StatusError():
            phase = phase_of_status(error.status, extra_statuses)
            error.retryable = phase is not None
            if phase is None and error.status > 505:
                # It may come from what is between: 520, say, when the server's response was lost.
                return Phase.AMBIGUOUS
            if phase is not None and error.response.headers.get("prefect-maintenance", "").lower() == "true":
                # Nothing is taken in while the server is being worked on.
                return Phase.REFUSED
            return phase
        case ResponseDecodeError():
            # The request was carried out, and its response is lost.
            error.retryable = "html" not in error.content_type
            return Phase.AMBIGUOUS
        case _:
            return None


def _detail(response: Response, redactor: Redactor) -> Any:
    """The server's own words: the `detail` or `message` of a JSON body, else the body's text where it is no page."""
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
    # A fault repeats what was sent, which may be a secret.
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
