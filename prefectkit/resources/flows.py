"""Flows: `client.flows`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.flows import (
    Flow,
    FlowBulkDelete,
    FlowBulkDeleteResponse,
    FlowCreate,
    FlowPageQuery,
    FlowPaginationResponse,
    FlowQuery,
    FlowSelection,
    FlowUpdate,
)


class Flows(Resource[M]):
    """Flows: the workflows whose runs the server records."""

    group = "flows"

    @endpoint("POST", "/flows/", RetrySafety.IDEMPOTENT)
    @keywords(FlowCreate)
    async def create(self, flow: FlowCreate) -> Flow:
        """Create a flow, or get the existing one with this name (`POST /flows/`).

        Args:
            name: The name, unique on the server, without `/`, `%`, `&`, `<` and `>`.
            tags: The tags. Default: none.
            labels: The labels: strings, numbers and booleans by name. Default: none.

        Returns:
            The flow.

        Raises:
            UnprocessableEntity: The server rejects a field.
        """
        return await self._call(Flow, body=flow)

    @endpoint("GET", "/flows/{id:uuid}")
    async def read(self, flow_id: UUID | str) -> Flow:
        """Read a flow (`GET /flows/{id}`).

        Args:
            flow_id: The flow's id.

        Returns:
            The flow.

        Raises:
            NotFound: There is no such flow.
        """
        return await self._call(Flow, id=flow_id)

    @endpoint("GET", "/flows/name/{name}")
    async def read_by_name(self, flow_name: str) -> Flow:
        """Read a flow by its name (`GET /flows/name/{name}`).

        Args:
            flow_name: The exact name.

        Returns:
            The flow.

        Raises:
            NotFound: There is no such flow.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(Flow, name=flow_name)

    @endpoint("PATCH", "/flows/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(FlowUpdate)
    async def update(self, flow_id: UUID | str, flow: FlowUpdate) -> None:
        """Update a flow (`PATCH /flows/{id}`). Fields not given stay unchanged.

        Args:
            flow_id: The flow's id.
            tags: The tags, which replace all others. Default: unchanged.

        Raises:
            NotFound: There is no such flow.
        """
        return await self._call(type(None), id=flow_id, body=flow)

    @endpoint("DELETE", "/flows/{id:uuid}")
    async def delete(self, flow_id: UUID | str) -> None:
        """Delete a flow with its deployments and runs (`DELETE /flows/{id}`).

        Args:
            flow_id: The flow's id.

        Raises:
            NotFound: There is no such flow.
        """
        return await self._call(type(None), id=flow_id)

    @endpoint("POST", "/flows/filter", RetrySafety.READ)
    @keywords(FlowQuery)
    async def list(self, query: FlowQuery) -> Rows[Flow]:
        """List one page of flows (`POST /flows/filter`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            name: Only with this name, or with one of these names.
            tags: Only with all of these tags.
            sort: The order. Default: by name.
            limit: At most this many flows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many flows to skip. Default: 0.

        Returns:
            The flows of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[Flow], body=query)

    @iterating
    @keywords(FlowQuery)
    def iterate(self: Flows[Async], query: FlowQuery) -> AsyncIterator[Flow]:
        """Iterate over all flows, page after page (`POST /flows/filter`).

        Flows created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            name: Only with this name, or with one of these names.
            tags: Only with all of these tags.
            sort: The order. Default: by name.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many flows to skip. Default: 0.

        Yields:
            The flows, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/flows/paginate", RetrySafety.READ)
    @keywords(FlowPageQuery)
    async def paginate(self, query: FlowPageQuery) -> FlowPaginationResponse:
        """Read a page of flows by page number, with total counts (`POST /flows/paginate`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            name: Only with this name, or with one of these names.
            tags: Only with all of these tags.
            sort: The order. Default: by name.
            limit: How many flows a page holds. Default: the server's page size, usually 200, which is also the maximum.
            page: Which page, from 1. Default: 1.

        Returns:
            The page, and how many flows and pages there are.
        """
        return await self._call(FlowPaginationResponse, body=query)

    @endpoint("POST", "/flows/count", RetrySafety.READ)
    @keywords(FlowSelection)
    async def count(self, selection: FlowSelection) -> int:
        """Count flows (`POST /flows/count`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            name: Only with this name, or with one of these names.
            tags: Only with all of these tags.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/flows/bulk_delete", RetrySafety.NEVER)
    @keywords(FlowBulkDelete)
    async def bulk_delete(self, selection: FlowBulkDelete) -> FlowBulkDeleteResponse:
        """Delete the flows that a filter selects, with their deployments (`POST /flows/bulk_delete`).

        Args:
            flows: A filter on the flows. Default: all.
            limit: At most this many flows. Default: 50, which is also the maximum.

        Returns:
            The ids of the deleted flows.
        """
        return await self._call(FlowBulkDeleteResponse, body=selection)
