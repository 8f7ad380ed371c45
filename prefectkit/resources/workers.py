"""The workers of a work pool: `client.work_pools.workers`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from prefectkit.core.endpoint import Async, M, Resource, endpoint, stream
from prefectkit.core.keywords import keywords
from prefectkit.core.paging import Rows, every_row
from prefectkit.core.retry import Replay
from prefectkit.models.workers import Worker, WorkerHeartbeat, WorkerQuery


class Workers(Resource[M]):
    """The workers that have reported to a work pool."""

    group = "work_pools.workers"

    @endpoint("POST", "/work_pools/{work_pool_name}/workers/heartbeat", Replay.IDEMPOTENT)
    @keywords(WorkerHeartbeat)
    async def heartbeat(self, work_pool_name: str, worker: WorkerHeartbeat) -> None:
        """Report that a worker is alive (`POST /work_pools/{work_pool_name}/workers/heartbeat`).

        Args:
            work_pool_name: The work pool's name.
            worker: The fields of `WorkerHeartbeat`, as keywords.

        Raises:
            NotFound: There is none.
        """
        return await self._call(type(None), work_pool_name=work_pool_name, body=worker)

    @endpoint("POST", "/work_pools/{work_pool_name}/workers/filter", Replay.READ)
    @keywords(WorkerQuery)
    async def list(self, work_pool_name: str, query: WorkerQuery) -> Rows[Worker]:
        """List one page of workers (`POST /work_pools/{work_pool_name}/workers/filter`).

        Args:
            work_pool_name: The work pool's name.
            query: The fields of `WorkerQuery`, as keywords.

        Returns:
            The workers of the page, at most the server's limit (200 by default).

        Raises:
            NotFound: There is none.
            UnprocessableEntity: `limit` is above the server's own.
        """
        return await self._call(Rows[Worker], work_pool_name=work_pool_name, body=query)

    @stream
    @keywords(WorkerQuery)
    def iterate(self: Workers[Async], work_pool_name: str, query: WorkerQuery) -> AsyncIterator[Worker]:
        """Go through all workers, page after page (`POST /work_pools/{work_pool_name}/workers/filter`).

        Workers that appear or vanish meanwhile may be missed or seen twice, as pages are counted by offset.

        Args:
            work_pool_name: The work pool's name.
            query: The fields of `WorkerQuery`, as keywords; `limit` counts the workers in all.

        Yields:
            The workers.
        """
        return every_row(partial(self.list, work_pool_name), query, self._ahead)

    @endpoint("DELETE", "/work_pools/{work_pool_name}/workers/{name}")
    async def delete(self, work_pool_name: str, worker_name: str) -> None:
        """Forget a worker (`DELETE /work_pools/{work_pool_name}/workers/{name}`).

        Args:
            work_pool_name: The work pool's name.
            worker_name: The worker's name.

        Raises:
            NotFound: There is none.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(type(None), work_pool_name=work_pool_name, name=worker_name)
