"""States of flow runs: `client.flow_run_states`."""

from __future__ import annotations

from uuid import UUID

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.pagination.pages import Rows
from prefectkit.models.states import State


class FlowRunStates(Resource[M]):
    """The states that flow runs are, and were, in."""

    group = "flow_run_states"

    @endpoint("GET", "/flow_run_states/{id:uuid}")
    async def read(self, flow_run_state_id: UUID | str) -> State:
        """Read a state of a flow run (`GET /flow_run_states/{id}`).

        Args:
            flow_run_state_id: The state's id.

        Returns:
            The state.

        Raises:
            NotFound: There is no such state.
        """
        return await self._call(State, id=flow_run_state_id)

    @endpoint("GET", "/flow_run_states/")
    async def list(self, flow_run_id: UUID | str) -> Rows[State]:
        """List all states that a flow run has been in (`GET /flow_run_states/`).

        Args:
            flow_run_id: The flow run's id.

        Returns:
            The states, the oldest first; none where there is no such run.
        """
        return await self._call(list[State], query={"flow_run_id": flow_run_id})
