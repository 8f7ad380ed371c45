"""Inputs of flow runs."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.flow_run_inputs import FlowRunInput


class FlowRunInputMethods(MethodGroup[M]):
    """The flat methods about values that are sent to a flow run while it runs or waits."""

    @client_method()
    async def create_flow_run_input(
        self, flow_run_id: UUID | str, key: str, value: str, sender: str | None = None
    ) -> None:
        """Send an input to a flow run.

        Args:
            flow_run_id: The flow run's id.
            key: The key of the input.
            value: The value, most often JSON in a text.
            sender: Who sends it.

        Raises:
            ValueError: The key has other characters than lower-case letters, digits and dashes.
            PrefectHTTPStatusError: There is no such run, or it has an input with this key.
        """
        return await self._api.flow_runs.inputs.create(flow_run_id, key=key, value=value, sender=sender)

    @client_method()
    async def filter_flow_run_input(
        self, flow_run_id: UUID | str, key_prefix: str, limit: int, exclude_keys: Collection[str]
    ) -> list[FlowRunInput]:
        """List the inputs of a flow run whose keys begin with a prefix, the oldest first.

        Args:
            flow_run_id: The flow run's id.
            key_prefix: What their keys begin with.
            limit: At most this many.
            exclude_keys: Keys to leave out.
        """
        return await self._api.flow_runs.inputs.list(
            flow_run_id, prefix=key_prefix, limit=limit, exclude_keys=list(exclude_keys)
        )

    @client_method()
    async def read_flow_run_input(self, flow_run_id: UUID | str, key: str) -> str:
        """Read the value of an input.

        Args:
            flow_run_id: The flow run's id.
            key: The key of the input.

        Raises:
            PrefectHTTPStatusError: There is no such input.
        """
        return await self._api.flow_runs.inputs.read(flow_run_id, key)

    @client_method()
    async def delete_flow_run_input(self, flow_run_id: UUID | str, key: str) -> None:
        """Delete an input.

        Args:
            flow_run_id: The flow run's id.
            key: The key of the input.

        Raises:
            PrefectHTTPStatusError: There is no such input.
        """
        return await self._api.flow_runs.inputs.delete(flow_run_id, key)
