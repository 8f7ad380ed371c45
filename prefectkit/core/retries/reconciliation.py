"""Reconciliation: a retry may be refused because an earlier attempt, whose response was lost, was applied.

Nothing left to delete is a deletion that worked, if it is the API that says so. A conflict is read back, and is the
object that was asked for where every field that was sent is what the server has.
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

Ask: TypeAlias = Callable[[Request], Awaitable[Response]]


async def reconcile(call: Call, error: StatusError, ask: Ask) -> Response | None:
    """The response that an earlier attempt would have had, or None where the refusal stands.

    Args:
        call: A call of which an earlier attempt may have been carried out.
        error: What a later one was refused with. Where something else is in the way, it is told what differs.
        ask: Sends a further request.

    Raises:
        CallError: The server could not say what it has: the attempt failed, and not for good.
    """
    if type(error) is NotFound and call.operation.retry_safety is RetrySafety.DELETE:
        if _is_absence(error.response):
            return Response(204, deduplicated=True)
        error.args = (f"{error.args[0]}; that is not how the API answers, so it may or may not have been deleted",)
        return None
    read_back = call.operation.read_back
    if type(error) is not Conflict or read_back is None:
        return None
    body: Any = msgspec.json.decode(call.request.body)
    sent = _rows(body)
    found = await _find(call.request, read_back, body, read_back.include_secrets, ask)
    if found is None:
        return None
    differing = {name for pair in zip(sent, found, strict=True) for name in _differing(*pair, read_back)}
    if differing:
        error.args = (f"{error.args[0]}; what is there differs in {', '.join(sorted(differing))}",)
        return None
    if read_back.include_secrets:
        found = await _find(call.request, read_back, body, None, ask)
        if found is None:
            return None
    # What the route does not show is as it was sent.
    rows = [{**wanted, **there} for wanted, there in zip(sent, found, strict=True)]
    merged = msgspec.json.encode(rows if isinstance(body, list) else rows[0])
    return Response(200, {"content-type": "application/json"}, merged, deduplicated=True)


def _is_absence(response: Response) -> bool:
    """Whether it is the API's own 404, about an object: a gateway that has lost its server has another form of it."""
    try:
        body: Any = msgspec.json.decode(response.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    match body:
        case {"detail": str() as said} | {"exception_message": str() as said} if len(cast(Fields, body)) == 1:
            # "Not Found" alone is what any application says of a route that it does not have.
            return _ABSENT.fullmatch(said) is not None
        case _:
            return False


async def _find(request: Request, read_back: ReadBack, sent: Any, more: Fields | None, ask: Ask) -> list[Fields] | None:
    """What the server has for each object that was sent; None where it lacks one."""
    fields = _rows(sent)[0] if _rows(sent) else {}
    values = {**fields, **request.path_params}
    try:
        target = read_back.path.render({name: values[name] for name in read_back.path.parameters})
    except (KeyError, RequestError):
        # A name that no URL can carry, or a request that a plugin made.
        return None
    if read_back.body is None:
        asked = request.sibling("GET", target)
    else:
        asked = request.sibling("POST", target, body=msgspec.json.encode({**read_back.body(fields), **(more or {})}))
        asked.headers["content-type"] = "application/json"
    response = await ask(asked)
    if not response.is_success:
        if phase_of_status(response.status) is not None:
            raise status_error(asked, response)
        return None
    if not read_back.by:
        return [decode(Fields, response)]
    there = {str(row.get(read_back.by)): row for row in decode(list[Fields], response)}
    found = [there.get(each[read_back.by]) for each in _rows(sent)]
    return None if None in found else cast("list[Fields]", found)


def _rows(value: Any) -> list[Fields]:
    return cast("list[Fields]", value) if isinstance(value, list) else [value]


def _differing(sent: Fields, found: Fields, read_back: ReadBack) -> set[str]:
    """The fields that are not as they were sent, of those that can be seen."""
    if read_back.to_request_fields is not None:
        found = read_back.to_request_fields(found)
    return {
        name
        for name, value in sent.items()
        if name in found and not is_same(value, found[name], completed=name in read_back.completed)
    }
