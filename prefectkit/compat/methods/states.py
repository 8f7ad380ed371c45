"""The current and former states of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectNotFound
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.states import State


class StateMethods(MethodGroup[M]):
    """The flat methods that read states; `set_flow_run_state` and `set_task_run_state` are with their runs."""

    @client_method(not_found=ObjectNotFound)
    async def read_flow_run_state(self, flow_run_state_id: UUID | str) -> State:
        """Read a state of a flow run.

        Args:
            flow_run_state_id: The state's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.flow_run_states.read(flow_run_state_id)

    @client_method()
    async def read_flow_run_states(self, flow_run_id: UUID | str) -> list[State]:
        """List the states that a flow run has been in, the oldest first.

        Args:
            flow_run_id: The flow run's id.
        """
        return await self._api.flow_run_states.list(flow_run_id)

    @client_method()
    async def read_task_run_states(self, task_run_id: UUID | str) -> list[State]:
        """List the states that a task run has been in, the oldest first.

        Args:
            task_run_id: The task run's id.
        """
        return await self._api.task_run_states.list(task_run_id)
