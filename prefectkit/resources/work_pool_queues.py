"""The queues of a work pool: `client.work_pools.queues`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from msgspec import UNSET

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.work_queues import WorkQueue, WorkQueueCreate, WorkQueueQuery, WorkQueueUpdate


class WorkPoolQueues(Resource[M]):
    """The queues of work pools, by name. `client.work_queues` has them by id."""

    group = "work_pools.queues"

    @endpoint(
        "POST",
        "/work_pools/{work_pool_name}/queues",
        RetrySafety.CONFLICT,
        read_back=ReadBack("/work_pools/{work_pool_name}/queues/{name}", completed=["description", "filter"]),
    )
    @keywords(WorkQueueCreate)
    async def create(self, work_pool_name: str, queue: WorkQueueCreate) -> WorkQueue:
        """Create a work queue (`POST /work_pools/{work_pool_name}/queues`).

        Args:
            work_pool_name: The work pool's name.
            name: The name, without `/`, `%`, `&`, `<` and `>`.
            description: A description. Default: none.
            is_paused: Whether it is paused, so that its flow runs do not start. Default: False.
            concurrency_limit: How many of its flow runs may run at once. Default: no limit.
            priority: The priority within the work pool; 1 comes first. Default: the last.
            filter: Deprecated: a filter on the flow runs that it takes.

        Returns:
            The work queue.

        Raises:
            Conflict: The name is taken in this work pool.
        """
        return await self._call(WorkQueue, work_pool_name=work_pool_name, body=queue)

    @endpoint("GET", "/work_pools/{work_pool_name}/queues/{name}")
    async def read(self, work_pool_name: str, work_queue_name: str) -> WorkQueue:
        """Read a work queue (`GET /work_pools/{work_pool_name}/queues/{name}`).

        Args:
            work_pool_name: The work pool's name.
            work_queue_name: The work queue's name.

        Returns:
            The work queue.

        Raises:
            NotFound: There is no such work queue.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(WorkQueue, work_pool_name=work_pool_name, name=work_queue_name)

    @endpoint("PATCH", "/work_pools/{work_pool_name}/queues/{name}", RetrySafety.IDEMPOTENT)
    @keywords(WorkQueueUpdate)
    async def update(self, work_pool_name: str, work_queue_name: str, queue: WorkQueueUpdate) -> None:
        """Update a work queue (`PATCH /work_pools/{work_pool_name}/queues/{name}`). Fields not given stay unchanged.

        Args:
            work_pool_name: The work pool's name.
            work_queue_name: The work queue's name.
            name: The name, without `/`, `%`, `&`, `<` and `>`. Default: unchanged.
            description: A description. Default: unchanged.
            is_paused: Whether it is paused, so that its flow runs do not start. Default: unchanged.
            concurrency_limit: How many of its flow runs may run at once. Default: unchanged.
            priority: The priority within the work pool; 1 comes first. Default: unchanged.
            last_polled: When it was last polled for work. Default: unchanged.
            filter: Deprecated: a filter on the flow runs that it takes.

        Raises:
            NotFound: There is no such work queue.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        # With a new name the path no longer finds it, so a second copy would fail.
        retry_safety = None if queue.name is UNSET else RetrySafety.NEVER
        return await self._call(
            type(None), work_pool_name=work_pool_name, name=work_queue_name, body=queue, retry_safety=retry_safety
        )

    @endpoint("DELETE", "/work_pools/{work_pool_name}/queues/{name}")
    async def delete(self, work_pool_name: str, work_queue_name: str) -> None:
        """Delete a work queue (`DELETE /work_pools/{work_pool_name}/queues/{name}`).

        Args:
            work_pool_name: The work pool's name.
            work_queue_name: The work queue's name.

        Raises:
            NotFound: There is no such work queue.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(type(None), work_pool_name=work_pool_name, name=work_queue_name)

    @endpoint("POST", "/work_pools/{work_pool_name}/queues/filter", RetrySafety.READ)
    @keywords(WorkQueueQuery)
    async def list(self, work_pool_name: str, query: WorkQueueQuery) -> Rows[WorkQueue]:
        """List one page of work queues (`POST /work_pools/{work_pool_name}/queues/filter`).

        Args:
            work_pool_name: The work pool's name.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.
            work_queues: A filter on the work queues. Default: all.

        Returns:
            The work queues of the page, at most the server's limit (200 by default).

        Raises:
            NotFound: There is no such work queue.
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[WorkQueue], work_pool_name=work_pool_name, body=query)

    @iterating
    @keywords(WorkQueueQuery)
    def iterate(self: WorkPoolQueues[Async], work_pool_name: str, query: WorkQueueQuery) -> AsyncIterator[WorkQueue]:
        """Iterate over all work queues, page after page (`POST /work_pools/{work_pool_name}/queues/filter`).

        Work queues created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            work_pool_name: The work pool's name.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.
            work_queues: A filter on the work queues. Default: all.

        Yields:
            The work queues.
        """
        return every_row(partial(self.list, work_pool_name), query, self._ahead)
