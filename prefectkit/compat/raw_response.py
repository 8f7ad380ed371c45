"""The HTTP response of a call, for methods that return it instead of its decoded body."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from prefectkit.compat.last_call import last_call
from prefectkit.core.errors import CallError, ResponseDecodeError

if TYPE_CHECKING:
    import httpx


async def raw_response(call: Awaitable[object]) -> httpx.Response:
    """The response to the call of a resource, as an `httpx.Response`. A body that cannot be decoded is no error."""
    # httpx takes long to import, and few methods return something of it.
    from prefectkit.compat.http import http_response

    try:
        await call
    except CallError as error:
        if not isinstance(error, ResponseDecodeError) and not isinstance(error.__cause__, ResponseDecodeError):
            raise
    record = last_call.get()
    if record is None or record.response is None:
        raise RuntimeError("only a flat method can return the response of a call")
    return http_response(record.request, record.response)
