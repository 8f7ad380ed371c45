"""Work queues by id: `client.work_queues`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.flow_runs import FlowRun
from prefectkit.models.work_queues import (
    WorkQueue,
    WorkQueueConcurrencyStatus,
    WorkQueueConcurrencyStatusQuery,
    WorkQueueCreate,
    WorkQueueQuery,
    WorkQueueRunsQuery,
    WorkQueueStatusDetail,
    WorkQueueUpdate,
)


class WorkQueues(Resource[M]):
    """Work queues, by id; a name is one of the default agent pool. `client.work_pools.queues` has them by pool."""

    group = "work_queues"

    @endpoint(
        "POST",
        "/work_queues/",
        RetrySafety.CONFLICT,
        read_back=ReadBack("/work_queues/name/{name}", completed=["description", "filter"]),
    )
    @keywords(WorkQueueCreate)
    async def create(self, queue: WorkQueueCreate) -> WorkQueue:
        """Create a work queue (`POST /work_queues/`).

        Args:
            name: The name, without `/`, `%`, `&`, `<` and `>`.
            description: A description. Default: none.
            is_paused: Whether it is paused, so that its flow runs do not start. Default: False.
            concurrency_limit: How many of its flow runs may run at once. Default: no limit.
            priority: The priority within the work pool; 1 comes first. Default: the last.
            filter: Deprecated: a filter on the flow runs that it takes.

        Returns:
            The work queue.

        Raises:
            Conflict: The name is taken.
        """
        return await self._call(WorkQueue, body=queue)

    @endpoint("GET", "/work_queues/{id:uuid}")
    async def read(self, work_queue_id: UUID | str) -> WorkQueue:
        """Read a work queue (`GET /work_queues/{id}`).

        Args:
            work_queue_id: The work queue's id.

        Returns:
            The work queue.

        Raises:
            NotFound: There is no such work queue.
        """
        return await self._call(WorkQueue, id=work_queue_id)

    @endpoint("GET", "/work_queues/name/{name}")
    async def read_by_name(self, work_queue_name: str) -> WorkQueue:
        """Read a work queue of the default agent pool by its name (`GET /work_queues/name/{name}`).

        Args:
            work_queue_name: The work queue's name.

        Returns:
            The work queue.

        Raises:
            NotFound: There is no such work queue.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(WorkQueue, name=work_queue_name)

    @endpoint("PATCH", "/work_queues/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(WorkQueueUpdate)
    async def update(self, work_queue_id: UUID | str, queue: WorkQueueUpdate) -> None:
        """Update a work queue (`PATCH /work_queues/{id}`). Fields not given stay unchanged.

        Args:
            work_queue_id: The work queue's id.
            name: The name, without `/`, `%`, `&`, `<` and `>`. Default: unchanged.
            description: A description. Default: unchanged.
            is_paused: Whether it is paused, so that its flow runs do not start. Default: unchanged.
            concurrency_limit: How many of its flow runs may run at once. Default: unchanged.
            priority: The priority within the work pool; 1 comes first. Default: unchanged.
            last_polled: When it was last polled for work. Default: unchanged.
            filter: Deprecated: a filter on the flow runs that it takes.

        Raises:
            NotFound: There is no such work queue.
        """
        return await self._call(type(None), id=work_queue_id, body=queue)

    @endpoint("DELETE", "/work_queues/{id:uuid}")
    async def delete(self, work_queue_id: UUID | str) -> None:
        """Delete a work queue (`DELETE /work_queues/{id}`).

        Args:
            work_queue_id: The work queue's id.

        Raises:
            NotFound: There is no such work queue.
        """
        return await self._call(type(None), id=work_queue_id)

    @endpoint("POST", "/work_queues/filter", RetrySafety.READ)
    @keywords(WorkQueueQuery)
    async def list(self, query: WorkQueueQuery) -> Rows[WorkQueue]:
        """List one page of work queues (`POST /work_queues/filter`).

        Args:
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.
            work_queues: A filter on the work queues. Default: all.

        Returns:
            The work queues of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[WorkQueue], body=query)

    @iterating
    @keywords(WorkQueueQuery)
    def iterate(self: WorkQueues[Async], query: WorkQueueQuery) -> AsyncIterator[WorkQueue]:
        """Iterate over all work queues, page after page (`POST /work_queues/filter`).

        Work queues created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.
            work_queues: A filter on the work queues. Default: all.

        Yields:
            The work queues.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/work_queues/{id:uuid}/get_runs", RetrySafety.READ)
    @keywords(WorkQueueRunsQuery)
    async def get_runs(self, work_queue_id: UUID | str, query: WorkQueueRunsQuery) -> Rows[FlowRun]:
        """List the flow runs that wait in a queue (`POST /work_queues/{id}/get_runs`).

        Prefect 3.8 confuses it with queues of this name in other work pools, and takes each request for a worker's.

        Args:
            work_queue_id: The work queue's id.
            scheduled_before: Only flow runs scheduled for this moment or earlier. Default: all.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.

        Returns:
            The runs, the earliest first.

        Raises:
            NotFound: There is no such work queue.
        """
        return await self._call(list[FlowRun], id=work_queue_id, body=query)

    @endpoint("POST", "/work_queues/{id:uuid}/concurrency_status", RetrySafety.READ)
    @keywords(WorkQueueConcurrencyStatusQuery)
    async def concurrency_status(
        self, work_queue_id: UUID | str, query: WorkQueueConcurrencyStatusQuery
    ) -> WorkQueueConcurrencyStatus:
        """Read how many slots of a queue are taken, and by which runs (`POST /work_queues/{id}/concurrency_status`).

        Args:
            work_queue_id: The work queue's id.
            page: Which page, from 1. Default: 1.
            limit: How many flow runs a page holds. Default: the server's page size, usually 200, which is also the
                maximum.

        Returns:
            The slots, and one page of the runs that hold them.

        Raises:
            NotFound: There is no such work queue.
        """
        return await self._call(WorkQueueConcurrencyStatus, id=work_queue_id, body=query)

    @endpoint("GET", "/work_queues/{id:uuid}/status")
    async def status(self, work_queue_id: UUID | str) -> WorkQueueStatusDetail:
        """Read whether a queue is polled and on time (`GET /work_queues/{id}/status`).

        Args:
            work_queue_id: The work queue's id.

        Returns:
            Its health.

        Raises:
            NotFound: There is no such work queue.
        """
        return await self._call(WorkQueueStatusDetail, id=work_queue_id)
