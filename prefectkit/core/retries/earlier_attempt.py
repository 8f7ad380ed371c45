"""Before a retry: looks up whether an earlier attempt was applied, and what its response was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from urllib.parse import urlencode

import msgspec

from prefectkit.core.errors import AmbiguousOutcomeError
from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.status import status_error
from prefectkit.core.operation import Lookup
from prefectkit.core.retries.policy import phase_of_status

Send: TypeAlias = Callable[[Request], Awaitable[Response]]


async def find_applied(call: Call, lookup: Lookup, send: Send) -> Response | None:
    """The response that was lost with an earlier attempt, or None if the server applied none.

    Args:
        call: A call of which an earlier attempt may have been applied.
        lookup: How its operation finds that out.
        send: Sends a further request.

    Raises:
        CallError: The lookup failed. It is an AmbiguousOutcomeError if a retry of the lookup cannot help.
    """
    if call.request.operation is not call.operation:
        # A plugin has replaced the request.
        return None
    target = f"{lookup.path.render({})}?{urlencode(lookup.query(call.request.path_params))}"
    read = call.request.sibling("GET", target)
    response = await send(read)
    if not response.is_success:
        error = status_error(read, response)
        if phase_of_status(response.status) is not None:
            raise error
        raise AmbiguousOutcomeError(
            "the server may have applied this, and sending it again could undo later changes; whether it was applied "
            f"could not be looked up: {error.args[0]}"
        ) from error
    applied = lookup.response(msgspec.json.decode(call.request.body), response)
    if applied is None:
        return None
    headers = {"content-type": "application/json"}
    return Response(200, headers, msgspec.json.encode(applied), deduplicated=True)
