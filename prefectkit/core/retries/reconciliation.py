"""Reconciliation: a retry may be refused because an earlier attempt, whose response was lost, was applied.

A 404 of the API for a deletion means that an earlier attempt deleted the object. After a 409 (conflict) the existing
object is read: if it has every field as it was sent, an earlier attempt created it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, cast

import msgspec

from prefectkit.core.errors import Conflict, NotFound, RequestError, StatusError
from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.status import status_error
from prefectkit.core.operation import Fields, ReadBack
from prefectkit.core.retries.comparison import is_same
from prefectkit.core.retries.policy import RetrySafety, phase_of_status
from prefectkit.core.serialization.codec import decode

_ABSENT = re.compile(r"\S.* not found\.?", re.IGNORECASE | re.DOTALL)
"""`Flow run not found`, `Work pool "x" not found.`"""

Send: TypeAlias = Callable[[Request], Awaitable[Response]]


async def reconcile(call: Call, error: StatusError, send: Send) -> Response | None:
    """The response that was lost with an earlier attempt, or None if the refusal must be raised.

    Args:
        call: A call of which an earlier attempt may have been applied.
        error: The refusal of a later attempt. If the existing object differs, its message is extended by the fields.
        send: Sends a further request.

    Raises:
        CallError: The existing object could not be read; the attempt may be retried.
    """
    if type(error) is NotFound and call.operation.retry_safety is RetrySafety.DELETE:
        if _is_absence(error.response):
            return Response(204, deduplicated=True)
        error.args = (
            f"{error.args[0]}; this is not the API's response, so the object may or may not have been deleted",
        )
        return None
    read_back = call.operation.read_back
    if type(error) is not Conflict or read_back is None:
        return None
    body: Any = msgspec.json.decode(call.request.body)
    sent = _rows(body)
    found = await _find(call.request, read_back, body, read_back.include_secrets, send)
    if found is None:
        return None
    differing = {name for pair in zip(sent, found, strict=True) for name in _differing(*pair, read_back)}
    if differing:
        error.args = (f"{error.args[0]}; the existing object differs in {', '.join(sorted(differing))}",)
        return None
    if read_back.include_secrets:
        found = await _find(call.request, read_back, body, None, send)
        if found is None:
            return None
    # Fields that the route does not return are taken from the request.
    rows = [{**sent_row, **found_row} for sent_row, found_row in zip(sent, found, strict=True)]
    response_body = msgspec.json.encode(rows if isinstance(body, list) else rows[0])
    return Response(200, {"content-type": "application/json"}, response_body, deduplicated=True)


def _is_absence(response: Response) -> bool:
    """Whether a 404 is the API's, for a missing object. A gateway's 404 has another form."""
    try:
        body: Any = msgspec.json.decode(response.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    match body:
        case {"detail": str() as message} | {"exception_message": str() as message} if len(cast(Fields, body)) == 1:
            # "Not Found" alone is the default 404 for an unknown route.
            return _ABSENT.fullmatch(message) is not None
        case _:
            return False


async def _find(
    request: Request, read_back: ReadBack, sent: Any, more: Fields | None, send: Send
) -> list[Fields] | None:
    """The existing object for each one that was sent; None if one of them does not exist."""
    fields = _rows(sent)[0] if _rows(sent) else {}
    values = {**fields, **request.path_params}
    try:
        target = read_back.path.render({name: values[name] for name in read_back.path.parameters})
    except (KeyError, RequestError):
        # A name that is not allowed in URLs, or a request that a plugin replaced.
        return None
    if read_back.body is None:
        read = request.sibling("GET", target)
    else:
        body = {**read_back.body(fields), **(more or {})}
        read = request.sibling("POST", target, body=msgspec.json.encode(body))
        read.headers["content-type"] = "application/json"
    response = await send(read)
    if not response.is_success:
        if phase_of_status(response.status) is not None:
            raise status_error(read, response)
        return None
    if not read_back.by:
        return [decode(Fields, response)]
    existing = {str(row.get(read_back.by)): row for row in decode(list[Fields], response)}
    found = [existing.get(row[read_back.by]) for row in _rows(sent)]
    return None if None in found else cast("list[Fields]", found)


def _rows(value: Any) -> list[Fields]:
    return cast("list[Fields]", value) if isinstance(value, list) else [value]


def _differing(sent: Fields, found: Fields, read_back: ReadBack) -> set[str]:
    """The fields that differ from what was sent, of those that the response has."""
    if read_back.to_request_fields is not None:
        found = read_back.to_request_fields(found)
    return {
        name
        for name, value in sent.items()
        if name in found and not is_same(value, found[name], completed=name in read_back.completed)
    }
