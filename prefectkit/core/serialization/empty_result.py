"""Checks the response of an operation that returns nothing: only a response as the API sends it is a success.

A gateway in front of the API may respond with a 200 of its own although it did not forward the request.
"""

from __future__ import annotations

from typing import Any, Final, cast
from uuid import UUID

import msgspec

from prefectkit.core.http.messages import Response

_WITH_NULL: Final = frozenset({200, 201, 202})
_FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_KINDS: Final[dict[type[Any], str]] = {dict: "an object", list: "an array", str: "a text", type(None): "null"}


class _Stored(msgspec.Struct):
    """An object of the API: some server versions return the changed object."""

    id: UUID
    created: str


def why_not_empty(response: Response) -> str | None:
    """Why the response is not one that the API sends for an operation without a result; None if it is.

    The API sends 204 without a body, or `null`. A deduplicated response (see `reconciliation.py`) is accepted too.
    """
    body = response.body.strip()
    if response.deduplicated:
        return None
    if response.status == 204:
        return None if not body and "html" not in response.headers.get("content-type", "") else _reason("a body", 204)
    if response.status not in _WITH_NULL:
        return _reason(_kind(body), response.status)
    if body == b"null" or _is_stored(body):
        return None
    return _reason(_kind(body), response.status)


def _is_stored(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=_Stored)
    except _FAULTS:
        return False
    return True


def _kind(body: bytes) -> str:
    if not body:
        return "no body"
    try:
        value: Any = msgspec.json.decode(body[: 1 << 16])
    except _FAULTS:
        return "a body that is not JSON"
    return _KINDS.get(type(cast(object, value)), "a number or boolean")


def _reason(what: str, status: int) -> str:
    return (
        f"{status} with {what}, and the API responds to this with 204 or null: something in front of it seems to have "
        "responded, so the change may or may not have been made"
    )
