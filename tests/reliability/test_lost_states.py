"""The response to `set_state` is lost, and another client changes the state before the retry: its state remains."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from prefectkit import Prefect
from prefectkit.models import Cancelled, Completed, Pending, Running, StateCreate
from tests.real_server import RealServer
from tests.reliability.losing import losing
from tests.report import Capture, count

pytestmark = pytest.mark.anyio
OPERATION = "flow_runs.set_state"


def new_run(other: Prefect) -> UUID:
    flow = other.flows.create(name=f"lost-{uuid4()}")
    return other.flow_runs.create(flow_id=flow.id, state=Pending()).id


MOVES: dict[str, list[StateCreate]] = {
    "cancelled": [Cancelled()],
    "completed": [Completed()],
    "on and on": [Completed(), Pending(name="Again"), Cancelled(name="Enough")],
    "nobody": [],
}


@pytest.mark.parametrize("moved", MOVES)
async def test_a_retry_does_not_undo_changes_of_others(
    surface: str, server: RealServer, moved: str, capsys: Capture
) -> None:
    with Prefect(server.url) as other:
        run_id = new_run(other)

        def move_on() -> None:
            for state in MOVES[moved]:
                assert other.flow_runs.set_state(run_id, state, force=True).accepted

        async with losing(surface, server, OPERATION) as (client, losses):
            losses.look = move_on
            losses.arm()
            result = await client.flow_runs.set_state(run_id, Running(name="Mine"))
        states = [state.name for state in other.flow_run_states.list(run_id)]
        last = other.flow_runs.read(run_id).state
    assert (losses.sent, losses.deduplicated) == (1, True)
    assert result.accepted and result.state.name == "Mine"
    assert states == ["Pending", "Mine", *(state.name or state.type.title() for state in MOVES[moved])]
    assert last is not None and last.name == states[-1]
    count(capsys, "T23 states that were lost, and the run moved on by others: survived {}", f"{moved} {surface}")


async def test_what_was_not_applied_is_sent_again(surface: str, server: RealServer) -> None:
    with Prefect(server.url) as other:
        run_id = new_run(other)
        async with losing(surface, server, OPERATION) as (client, losses):
            # Nothing of the first copy is to be found.
            losses.look = lambda: other.flow_runs.delete(run_id)
            losses.arm()
            with pytest.raises(Exception, match=f"Flow run with id {run_id} not found"):
                await client.flow_runs.set_state(run_id, Running())
    assert losses.sent == 2
