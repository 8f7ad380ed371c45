from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import NotFound
from prefectkit.models.state_constructors import Completed, Running
from prefectkit.models.states import StateType
from tests.resources.runs import new_task_run, when_free
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_list_gives_the_states_in_order(client: Awaited, sent: Sent) -> None:
    run = await new_task_run(client)
    for state in (Running(), Completed(message="done")):
        await when_free(client.task_runs.set_state, run.id, state)
    states = await client.task_run_states.list(run.id)
    assert sent.last == ("GET", f"/task_run_states/?task_run_id={run.id}", None)
    assert [state.type for state in states] == [StateType.PENDING, StateType.RUNNING, StateType.COMPLETED]
    assert states[-1].id == (await client.task_runs.read(run.id)).state_id
    assert await client.task_run_states.list(uuid4()) == []


async def test_read(client: Awaited) -> None:
    run = await new_task_run(client)
    state = await client.task_run_states.read(run.state_id)
    assert (state.id, state.type, state.state_details.task_run_id) == (run.state_id, StateType.PENDING, run.id)
    with pytest.raises(NotFound):
        await client.task_run_states.read(uuid4())
