"""Task runs: `client.task_runs`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.history import HistoryResponse, TaskRunHistoryQuery
from prefectkit.models.orchestration import OrchestrationResult, SetState
from prefectkit.models.states import State, StateCreate, as_state_create
from prefectkit.models.task_runs import (
    TaskRun,
    TaskRunCreate,
    TaskRunPageQuery,
    TaskRunPaginationResponse,
    TaskRunQuery,
    TaskRunSelection,
    TaskRunUpdate,
)


class TaskRuns(Resource[M]):
    """Task runs: each time that a task runs."""

    group = "task_runs"

    @endpoint("POST", "/task_runs/", RetrySafety.IDEMPOTENT)
    @keywords(TaskRunCreate)
    async def create(self, task_run: TaskRunCreate) -> TaskRun:
        """Create a task run, or get the existing one with these keys and this flow run (`POST /task_runs/`).

        Args:
            id: The id. Default: a random one.
            state: The state to begin in. Default: `Pending()`.
            name: The name. Default: two random words.
            flow_run_id: The id of its flow run. Default: none.
            task_key: The key of the task that runs, the same for all its runs.
            dynamic_key: Which run of the task it is within the flow run, such as `0`.
            cache_key: The key under which its result is cached. Default: not cached.
            cache_expiration: When the cached result expires. Default: never.
            task_version: The version of the task.
            empirical_policy: How it is retried. Default: never.
            tags: The tags. Default: none.
            labels: The labels: strings, numbers and booleans by name. Default: none.
            task_inputs: The origin of each input, by the name of the argument. Default: none.

        Returns:
            The task run.

        Raises:
            Conflict: There is no such flow run.
            UnprocessableEntity: The server rejects a field.
        """
        return await self._call(TaskRun, body=task_run)

    @endpoint("GET", "/task_runs/{id:uuid}")
    async def read(self, task_run_id: UUID | str) -> TaskRun:
        """Read a task run (`GET /task_runs/{id}`).

        Args:
            task_run_id: The task run's id.

        Returns:
            The task run, with its state.

        Raises:
            NotFound: There is no such task run.
        """
        return await self._call(TaskRun, id=task_run_id)

    @endpoint("PATCH", "/task_runs/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(TaskRunUpdate)
    async def update(self, task_run_id: UUID | str, task_run: TaskRunUpdate) -> None:
        """Update a task run (`PATCH /task_runs/{id}`). Fields not given stay unchanged.

        Args:
            task_run_id: The task run's id.
            name: The name. Default: unchanged.

        Raises:
            NotFound: There is no such task run.
        """
        return await self._call(type(None), id=task_run_id, body=task_run)

    @endpoint("DELETE", "/task_runs/{id:uuid}")
    async def delete(self, task_run_id: UUID | str) -> None:
        """Delete a task run with its logs (`DELETE /task_runs/{id}`).

        Args:
            task_run_id: The task run's id.

        Raises:
            NotFound: There is no such task run.
        """
        return await self._call(type(None), id=task_run_id)

    @endpoint("POST", "/task_runs/filter", RetrySafety.READ)
    @keywords(TaskRunQuery)
    async def list(self, query: TaskRunQuery) -> Rows[TaskRun]:
        """List one page of task runs (`POST /task_runs/filter`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            name: Only with this name, or with one of these names.
            state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
            tags: Only with all of these tags.
            flow_run_id: Only of this flow run, or of one of these.
            since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
            until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from
                now.
            sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
            limit: At most this many task runs. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many task runs to skip. Default: 0.

        Returns:
            The task runs of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[TaskRun], body=query)

    @iterating
    @keywords(TaskRunQuery)
    def iterate(self: TaskRuns[Async], query: TaskRunQuery) -> AsyncIterator[TaskRun]:
        """Iterate over all task runs, page after page (`POST /task_runs/filter`).

        Runs created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            name: Only with this name, or with one of these names.
            state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
            tags: Only with all of these tags.
            flow_run_id: Only of this flow run, or of one of these.
            since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
            until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from
                now.
            sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many task runs to skip. Default: 0.

        Yields:
            The task runs, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/task_runs/paginate", RetrySafety.READ)
    @keywords(TaskRunPageQuery)
    async def paginate(self, query: TaskRunPageQuery) -> TaskRunPaginationResponse:
        """Read a page of task runs by page number, with total counts (`POST /task_runs/paginate`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            name: Only with this name, or with one of these names.
            state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
            tags: Only with all of these tags.
            flow_run_id: Only of this flow run, or of one of these.
            since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
            until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from
                now.
            sort: The order. Default: by id, which is random; `EXPECTED_START_TIME_DESC` is the latest first.
            limit: How many task runs a page holds. Default: the server's page size, usually 200, which is also the
                maximum.
            page: Which page, from 1. Default: 1.

        Returns:
            The page, and how many task runs and pages there are.
        """
        return await self._call(TaskRunPaginationResponse, body=query)

    @endpoint("POST", "/task_runs/count", RetrySafety.READ)
    @keywords(TaskRunSelection)
    async def count(self, selection: TaskRunSelection) -> int:
        """Count task runs (`POST /task_runs/count`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            name: Only with this name, or with one of these names.
            state: Only in this state, or in one of these: a type such as `FAILED`, or a name such as `Late`.
            tags: Only with all of these tags.
            flow_run_id: Only of this flow run, or of one of these.
            since: Only runs due at this moment or later, by `expected_start_time`. A `timedelta` counts back from now.
            until: Only runs due at this moment or earlier, by `expected_start_time`. A `timedelta` counts back from
                now.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/task_runs/history", RetrySafety.READ)
    @keywords(TaskRunHistoryQuery)
    async def history(self, query: TaskRunHistoryQuery) -> Rows[HistoryResponse]:
        """Count task runs by state in each interval of a period (`POST /task_runs/history`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            history_start: When the first interval begins.
            history_end: When the last interval ends.
            history_interval_seconds: The length of an interval: a duration, or its seconds. At least 1 second.

        Returns:
            One entry for each interval.

        Raises:
            UnprocessableEntity: The interval is shorter than 1 second.
        """
        return await self._call(list[HistoryResponse], body=query)

    @endpoint("POST", "/task_runs/{id:uuid}/set_state", RetrySafety.NEVER)
    async def set_state(
        self, task_run_id: UUID | str, state: State | StateCreate, *, force: bool = False
    ) -> OrchestrationResult:
        """Set the state of a task run, if the server's orchestration rules allow it (`POST /task_runs/{id}/set_state`).

        Args:
            task_run_id: The task run's id.
            state: The state, such as `Completed()`.
            force: Skip the server's orchestration rules, which may reject, delay or replace it. Default: False.

        Returns:
            What the server did: accept, reject, abort or wait; and the state that the run is in now.

        Raises:
            NotFound: There is no such run.
        """
        return await self._call(
            OrchestrationResult, id=task_run_id, body=SetState(state=as_state_create(state), force=force)
        )
