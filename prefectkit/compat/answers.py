"""Methods that return the HTTP response instead of what it says."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from prefectkit.compat.exchanges import current
from prefectkit.core.errors import CallError, ResponseDecodeError

if TYPE_CHECKING:
    import httpx


async def answer(call: Awaitable[object]) -> httpx.Response:
    """The answer to the call of a resource, as httpx has it. What it says is for the caller to read, whatever it is."""
    # httpx takes long to import, and few methods return something of it.
    from prefectkit.compat.http import http_response

    try:
        await call
    except CallError as error:
        if not isinstance(error, ResponseDecodeError) and not isinstance(error.__cause__, ResponseDecodeError):
            raise
    exchange = current.get()
    if exchange is None or exchange.response is None:
        raise RuntimeError("only a flat method can return the answer of a call")
    return http_response(exchange.request, exchange.response)
