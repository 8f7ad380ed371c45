"""Work pools: `client.work_pools`, with `.queues` and `.workers`."""

from __future__ import annotations

from collections.abc import AsyncIterator

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.lazy_property import lazy_property
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.work_pools import (
    WorkPool,
    WorkPoolConcurrencyStatus,
    WorkPoolConcurrencyStatusQuery,
    WorkPoolCreate,
    WorkPoolQuery,
    WorkPoolScheduledRunsQuery,
    WorkPoolSelection,
    WorkPoolUpdate,
)
from prefectkit.models.workers import WorkerFlowRunResponse
from prefectkit.resources.work_pool_queues import WorkPoolQueues
from prefectkit.resources.workers import Workers


class WorkPools(Resource[M]):
    """Work pools: where workers get runs from."""

    group = "work_pools"

    @lazy_property
    def queues(self) -> WorkPoolQueues[M]:
        """The queues of work pools."""
        return WorkPoolQueues(self)

    @lazy_property
    def workers(self) -> Workers[M]:
        """The workers of work pools."""
        return Workers(self)

    @endpoint(
        "POST",
        "/work_pools/",
        RetrySafety.CONFLICT,
        read_back=ReadBack("/work_pools/{name}", completed=["storage_configuration"]),
    )
    @keywords(WorkPoolCreate)
    async def create(self, pool: WorkPoolCreate) -> WorkPool:
        """Create a work pool (`POST /work_pools/`).

        Args:
            name: The name, without `/`, `%`, `&`, `<` and `>`.
            description: A description. Default: none.
            type: The kind of infrastructure, such as `process` or `kubernetes`. Default: `prefect-agent`.
            base_job_template: How a flow run becomes a job: its `job_configuration` and the `variables` in it. Default:
                empty.
            is_paused: Whether it is paused, so that its flow runs do not start. Default: False.
            concurrency_limit: How many of its flow runs may run at once. Default: no limit.
            storage_configuration: Where its code and results are stored. Default: none.

        Returns:
            The work pool.

        Raises:
            Conflict: The name is taken.
        """
        return await self._call(WorkPool, body=pool)

    @endpoint("GET", "/work_pools/{name}")
    async def read(self, work_pool_name: str) -> WorkPool:
        """Read a work pool (`GET /work_pools/{name}`).

        Args:
            work_pool_name: The work pool's name.

        Returns:
            The work pool.

        Raises:
            NotFound: There is no such work pool.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(WorkPool, name=work_pool_name)

    @endpoint("PATCH", "/work_pools/{name}", RetrySafety.IDEMPOTENT)
    @keywords(WorkPoolUpdate)
    async def update(self, work_pool_name: str, pool: WorkPoolUpdate) -> None:
        """Update a work pool (`PATCH /work_pools/{name}`). Fields not given stay unchanged.

        Args:
            work_pool_name: The work pool's name.
            description: A description. Default: unchanged.
            is_paused: Whether it is paused, so that its flow runs do not start. Default: unchanged.
            base_job_template: How a flow run becomes a job. Default: unchanged.
            concurrency_limit: How many of its flow runs may run at once. Default: unchanged.
            storage_configuration: Where its code and results are stored. Default: unchanged.

        Raises:
            NotFound: There is no such work pool.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(type(None), name=work_pool_name, body=pool)

    @endpoint("DELETE", "/work_pools/{name}")
    async def delete(self, work_pool_name: str) -> None:
        """Delete a work pool (`DELETE /work_pools/{name}`).

        Args:
            work_pool_name: The work pool's name.

        Raises:
            NotFound: There is no such work pool.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(type(None), name=work_pool_name)

    @endpoint("POST", "/work_pools/filter", RetrySafety.READ)
    @keywords(WorkPoolQuery)
    async def list(self, query: WorkPoolQuery) -> Rows[WorkPool]:
        """List one page of work pools (`POST /work_pools/filter`).

        Args:
            work_pools: A filter on the work pools. Default: all.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The work pools of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[WorkPool], body=query)

    @iterating
    @keywords(WorkPoolQuery)
    def iterate(self: WorkPools[Async], query: WorkPoolQuery) -> AsyncIterator[WorkPool]:
        """Iterate over all work pools, page after page (`POST /work_pools/filter`).

        Work pools created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            work_pools: A filter on the work pools. Default: all.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The work pools.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/work_pools/count", RetrySafety.READ)
    @keywords(WorkPoolSelection)
    async def count(self, selection: WorkPoolSelection) -> int:
        """Count work pools (`POST /work_pools/count`).

        Args:
            work_pools: A filter on the work pools. Default: all.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/work_pools/{name}/concurrency_status", RetrySafety.READ)
    @keywords(WorkPoolConcurrencyStatusQuery)
    async def concurrency_status(
        self, work_pool_name: str, query: WorkPoolConcurrencyStatusQuery
    ) -> WorkPoolConcurrencyStatus:
        """Read how many slots of a work pool are taken, and by which runs.

        `POST /work_pools/{name}/concurrency_status`

        Args:
            work_pool_name: The work pool's name.
            page: Which page, from 1. Default: 1.
            limit: How many work queues a page holds. Default: the server's page size, usually 200, which is also the
                maximum.
            flow_run_limit: How many flow runs to return for each work queue, at most 200. Default: 10.

        Returns:
            One page of its queues, with their slots and runs.

        Raises:
            NotFound: There is no such work pool.
        """
        return await self._call(WorkPoolConcurrencyStatus, name=work_pool_name, body=query)

    @endpoint("POST", "/work_pools/{name}/get_scheduled_flow_runs", RetrySafety.READ)
    @keywords(WorkPoolScheduledRunsQuery)
    async def get_scheduled_flow_runs(
        self, work_pool_name: str, query: WorkPoolScheduledRunsQuery
    ) -> Rows[WorkerFlowRunResponse]:
        """List the flow runs that a work pool's workers are to start.

        `POST /work_pools/{name}/get_scheduled_flow_runs`

        Args:
            work_pool_name: The work pool's name.
            work_queue_names: Only flow runs in these work queues, by name. Default: all.
            scheduled_before: Only flow runs scheduled for this moment or earlier. Default: all.
            scheduled_after: Only flow runs scheduled for this moment or later. Default: all.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.

        Returns:
            The runs with the queues they are in.

        Raises:
            NotFound: There is no such work pool.
        """
        return await self._call(list[WorkerFlowRunResponse], name=work_pool_name, body=query)
