"""An HTTP/2 server that resets a stream: with the code for a request that it has not processed, and with another."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpcore
import httpx
import pytest

from prefectkit.core.errors import IncompleteResponse
from prefectkit.core.http.messages import Request
from prefectkit.core.retries.policy import Phase
from prefectkit.transports.http import HTTPTransport

URL = "http://prefect.test/api"


@pytest.mark.parametrize(
    ("event", "phase"),
    [
        (SimpleNamespace(stream_id=1, error_code=7), Phase.REFUSED),
        (SimpleNamespace(stream_id=1, error_code=8), Phase.AMBIGUOUS),
        (SimpleNamespace(last_stream_id=1, error_code=7), Phase.AMBIGUOUS),
        ("Server disconnected", Phase.AMBIGUOUS),
        (None, Phase.AMBIGUOUS),
    ],
    ids=str,
)
def test_a_stream_that_was_refused_was_not_looked_at(event: Any, phase: Phase) -> None:
    def reset(request: httpx.Request) -> httpx.Response:
        cause = httpcore.RemoteProtocolError(*([] if event is None else [event]))
        raise httpx.RemoteProtocolError(str(cause)) from cause

    transport = HTTPTransport(base_url=URL, httpx_settings={"transport": httpx.MockTransport(reset)})
    with pytest.raises(IncompleteResponse) as caught:
        transport.send(Request("POST", URL, "/logs/", timeout=5))
    assert caught.value.phase is phase
    transport.close()
