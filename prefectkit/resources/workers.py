"""The workers of a work pool: `client.work_pools.workers`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.workers import Worker, WorkerHeartbeat, WorkerQuery


class Workers(Resource[M]):
    """The workers that have reported to a work pool."""

    group = "work_pools.workers"

    @endpoint("POST", "/work_pools/{work_pool_name}/workers/heartbeat", RetrySafety.IDEMPOTENT)
    @keywords(WorkerHeartbeat)
    async def heartbeat(self, work_pool_name: str, worker: WorkerHeartbeat) -> None:
        """Report that a worker is alive (`POST /work_pools/{work_pool_name}/workers/heartbeat`).

        Args:
            work_pool_name: The work pool's name.
            name: The name of the worker.
            heartbeat_interval_seconds: Seconds until the next heartbeat. Default: none.
            metadata: What is installed where it runs. Only for Prefect Cloud: other servers ignore it. Default: none.
            return_id: Whether Prefect Cloud returns the worker's id; other servers ignore it. Default: False.

        Raises:
            NotFound: There is no such worker.
        """
        # Prefect Cloud returns the worker's id, in plain text.
        await self._engine.text(self._operation, {"work_pool_name": work_pool_name}, worker)

    @endpoint("POST", "/work_pools/{work_pool_name}/workers/filter", RetrySafety.READ)
    @keywords(WorkerQuery)
    async def list(self, work_pool_name: str, query: WorkerQuery) -> Rows[Worker]:
        """List one page of workers (`POST /work_pools/{work_pool_name}/workers/filter`).

        Args:
            work_pool_name: The work pool's name.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.
            workers: A filter on the workers. Default: all.

        Returns:
            The workers of the page, at most the server's limit (200 by default).

        Raises:
            NotFound: There is no such worker.
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[Worker], work_pool_name=work_pool_name, body=query)

    @iterating
    @keywords(WorkerQuery)
    def iterate(self: Workers[Async], work_pool_name: str, query: WorkerQuery) -> AsyncIterator[Worker]:
        """Iterate over all workers, page after page (`POST /work_pools/{work_pool_name}/workers/filter`).

        Workers created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            work_pool_name: The work pool's name.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.
            workers: A filter on the workers. Default: all.

        Yields:
            The workers.
        """
        return every_row(partial(self.list, work_pool_name), query, self._ahead)

    @endpoint("DELETE", "/work_pools/{work_pool_name}/workers/{name}")
    async def delete(self, work_pool_name: str, worker_name: str) -> None:
        """Delete a worker (`DELETE /work_pools/{work_pool_name}/workers/{name}`).

        Args:
            work_pool_name: The work pool's name.
            worker_name: The worker's name.

        Raises:
            NotFound: There is no such worker.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(type(None), work_pool_name=work_pool_name, name=worker_name)
