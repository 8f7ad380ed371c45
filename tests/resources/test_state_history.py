"""A list of states that is not as expected: whether the earlier attempt was applied stays open."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from prefectkit import Prefect
from prefectkit.core.errors import ResponseDecodeError
from prefectkit.models import Running
from tests.core.calls import RESET
from tests.fakes import URL, FakeTransport, response

RUN = uuid4()


@pytest.mark.parametrize(
    "states",
    [{"status": "ok"}, ["RUNNING"], [None], [{}], [{"state_details": None}], [{"state_details": "none"}], None, "", 5],
    ids=repr,
)
def test_another_body_in_place_of_the_states(states: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")
    transport = FakeTransport(RESET, response(states))
    with Prefect(URL, transport=transport) as client, pytest.raises(ResponseDecodeError) as caught:
        client.with_options(max_attempts=2).flow_runs.set_state(RUN, Running())
    assert caught.value.maybe_applied
    assert transport.sent == [f"POST /flow_runs/{RUN}/set_state", f"GET /flow_run_states/?flow_run_id={RUN}"]
