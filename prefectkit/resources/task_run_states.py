"""States of task runs: `client.task_run_states`."""

from __future__ import annotations

from uuid import UUID

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.pagination.pages import Rows
from prefectkit.models.states import State


class TaskRunStates(Resource[M]):
    """The states that task runs are, and were, in."""

    group = "task_run_states"

    @endpoint("GET", "/task_run_states/{id:uuid}")
    async def read(self, task_run_state_id: UUID | str) -> State:
        """Read a state of a task run (`GET /task_run_states/{id}`).

        Args:
            task_run_state_id: The state's id.

        Returns:
            The state.

        Raises:
            NotFound: There is no such state.
        """
        return await self._call(State, id=task_run_state_id)

    @endpoint("GET", "/task_run_states/")
    async def list(self, task_run_id: UUID | str) -> Rows[State]:
        """List all states that a task run has been in (`GET /task_run_states/`).

        Args:
            task_run_id: The task run's id.

        Returns:
            The states, the oldest first; none where there is no such run.
        """
        return await self._call(list[State], query={"task_run_id": task_run_id})
