"""The states that runs were seen in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from prefectkit.errors import NotSupportedByServer
from prefectkit.models.states import State, StateType
from tests.resources.runs import new_run
from tests.surfaces import Awaited, Sent
from tests.versions import at_least, since

pytestmark = pytest.mark.anyio


@since("3.9", "no observed states")
async def test_the_states_that_runs_were_in(client: Awaited, sent: Sent) -> None:
    name = f"Waiting-{uuid4().hex[:8]}"
    before = datetime.now(UTC)
    for _ in range(2):
        run = await new_run(client)
        await client.flow_runs.set_state(run.id, State(type=StateType.PENDING, name=name))
    (seen,) = await client.observed_states.list(name[:-2].upper())
    assert (seen.state_type, seen.state_name) == (StateType.PENDING, name)
    assert before - timedelta(seconds=5) < seen.first_seen < seen.last_seen < datetime.now(UTC) + timedelta(seconds=5)
    rows = await client.observed_states.list(order_by="NAME_ASC", limit=2)
    assert sent.last == ("GET", "/observed-states?order_by=NAME_ASC&limit=2", None)
    names = [row.state_name for row in rows]
    assert len(names) == 2 and names == sorted(names, key=str.lower)
    assert await client.observed_states.list(f"none-{name}") == []


@pytest.mark.skipif(at_least("3.9"), reason="the server has the route")
async def test_an_older_server_is_reported_as_too_old(client: Awaited) -> None:
    with pytest.raises(NotSupportedByServer, match="no such route"):
        await client.observed_states.list()
