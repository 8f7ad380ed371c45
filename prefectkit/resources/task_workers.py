"""Task workers: `client.task_workers`."""

from __future__ import annotations

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.task_workers import TaskWorkerQuery, TaskWorkerResponse


class TaskWorkers(Resource[M]):
    """Processes that wait for deferred task runs."""

    group = "task_workers"

    @endpoint("POST", "/task_workers/filter", RetrySafety.READ)
    @keywords(TaskWorkerQuery)
    async def list(self, query: TaskWorkerQuery) -> Rows[TaskWorkerResponse]:
        """List the task workers that are connected (`POST /task_workers/filter`).

        Args:
            task_worker_filter: A filter on the task workers. Default: all.

        Returns:
            The task workers.
        """
        return await self._call(list[TaskWorkerResponse], body=query)
