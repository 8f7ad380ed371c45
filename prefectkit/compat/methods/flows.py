"""Flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefectkit.compat.arguments import ModelLike, or_unset, to_filters
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectNotFound
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.filters import (
        DeploymentFilter,
        FlowFilter,
        FlowRunFilter,
        FlowSort,
        TaskRunFilter,
        WorkPoolFilter,
        WorkQueueFilter,
    )
    from prefectkit.models.flows import Flow


class FlowMethods(MethodGroup[M]):
    """The flat methods about flows."""

    @client_method(creates=True)
    async def create_flow(self, flow: Any) -> UUID:
        """Create a flow, or find the one with its name.

        Args:
            flow: A `@flow` function, or anything with a `name`.

        Returns:
            The flow's id.
        """
        return (await self._api.flows.create(name=flow.name)).id

    @client_method(creates=True)
    async def create_flow_from_name(self, flow_name: str) -> UUID:
        """Create a flow, or find the one with this name.

        Args:
            flow_name: The name of the flow.

        Returns:
            The flow's id.
        """
        return (await self._api.flows.create(name=flow_name)).id

    @client_method()
    async def read_flow(self, flow_id: UUID | str) -> Flow:
        """Read a flow.

        Args:
            flow_id: The flow's id.

        Raises:
            PrefectHTTPStatusError: There is none.
        """
        return await self._api.flows.read(flow_id)

    @client_method(not_found=ObjectNotFound)
    async def delete_flow(self, flow_id: UUID | str) -> None:
        """Delete a flow.

        Args:
            flow_id: The flow's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.flows.delete(flow_id)

    @client_method()
    async def read_flows(
        self,
        *,
        flow_filter: ModelLike[FlowFilter] | None = None,
        flow_run_filter: ModelLike[FlowRunFilter] | None = None,
        task_run_filter: ModelLike[TaskRunFilter] | None = None,
        deployment_filter: ModelLike[DeploymentFilter] | None = None,
        work_pool_filter: ModelLike[WorkPoolFilter] | None = None,
        work_queue_filter: ModelLike[WorkQueueFilter] | None = None,
        sort: FlowSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Flow]:
        """List the flows that match all filters.

        Args:
            flow_filter: Which flows.
            flow_run_filter: With which flow runs.
            task_run_filter: With which task runs.
            deployment_filter: With which deployments.
            work_pool_filter: With which work pools.
            work_queue_filter: Of no effect: the API has no such filter for flows.
            sort: The order.
            limit: At most this many. Default: the server's page size, usually 200.
            offset: How many to skip.
        """
        if work_queue_filter is not None:
            self._warn("read_flows: the API does not filter flows by work_queue_filter")
        filters = to_filters(
            flow_filter, flow_run_filter, task_run_filter, deployment_filter, work_pools=work_pool_filter
        )
        return await self._api.flows.list(**filters, sort=or_unset(sort), limit=or_unset(limit), offset=offset)

    @client_method()
    async def read_flow_by_name(self, flow_name: str) -> Flow:
        """Read a flow by its name.

        Args:
            flow_name: The name of the flow.

        Raises:
            PrefectHTTPStatusError: There is none.
        """
        return await self._api.flows.read_by_name(flow_name)
