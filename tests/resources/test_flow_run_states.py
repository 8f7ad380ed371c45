from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import NotFound
from prefectkit.models.state_constructors import Completed, Running
from prefectkit.models.states import StateType
from tests.resources.runs import new_run
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_list_gives_the_states_in_order(client: Awaited, sent: Sent) -> None:
    run = await new_run(client)
    for state in (Running(), Completed(message="done")):
        await client.flow_runs.set_state(run.id, state)
    states = await client.flow_run_states.list(run.id)
    assert sent.last == ("GET", f"/flow_run_states/?flow_run_id={run.id}", None)
    assert [state.type for state in states] == [StateType.PENDING, StateType.RUNNING, StateType.COMPLETED]
    assert states[-1].id == (await client.flow_runs.read(run.id)).state_id
    assert await client.flow_run_states.list(str(run.id)) == states
    assert await client.flow_run_states.list(uuid4()) == []


async def test_read(client: Awaited) -> None:
    run = await new_run(client)
    state = await client.flow_run_states.read(run.state_id)
    assert (state.id, state.type, state.state_details.flow_run_id) == (run.state_id, StateType.PENDING, run.id)
    with pytest.raises(NotFound):
        await client.flow_run_states.read(uuid4())
