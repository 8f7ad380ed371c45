"""Task runs: `client.task_runs`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, stream
from prefectkit.core.keywords import keywords
from prefectkit.core.paging import Rows, every_row
from prefectkit.core.retry import Replay
from prefectkit.models.history import HistoryResponse, TaskRunHistoryQuery
from prefectkit.models.orchestration import OrchestrationResult, SetState
from prefectkit.models.states import State, StateCreate, with_transition_id
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

    @endpoint("POST", "/task_runs/", Replay.IDEMPOTENT)
    @keywords(TaskRunCreate)
    async def create(self, task_run: TaskRunCreate) -> TaskRun:
        """Create a task run, or get the one with its keys and flow run (`POST /task_runs/`).

        Args:
            id: Its id. Default: a random one.
            state: The state to begin in. Default: none.
            name: Its name. Default: two random words.
            flow_run_id: The flow run that it is of. Default: none.
            task_key: The task that runs.
            dynamic_key: Which run of the task within the flow run it is.
            cache_key: The key under which its result is cached. Default: not cached.
            cache_expiration: When the cached result goes stale. Default: never.
            task_version: The version of the task.
            empirical_policy: How it is retried. Default: not.
            tags: Its tags. Default: none.
            labels: Its labels: texts, numbers and booleans. Default: none.
            task_inputs: Where each of its inputs comes from, by the name of the argument. Default: not told.

        Returns:
            The task run.

        Raises:
            Conflict: There is no such flow run.
            UnprocessableEntity: The server refuses a field.
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
            NotFound: There is none.
        """
        return await self._call(TaskRun, id=task_run_id)

    @endpoint("PATCH", "/task_runs/{id:uuid}", Replay.IDEMPOTENT)
    @keywords(TaskRunUpdate)
    async def update(self, task_run_id: UUID | str, task_run: TaskRunUpdate) -> None:
        """Change a task run (`PATCH /task_runs/{id}`); what is not given stays.

        Args:
            task_run_id: The task run's id.
            name: Its name. Default: it stays as it is.

        Raises:
            NotFound: There is none.
        """
        return await self._call(type(None), id=task_run_id, body=task_run)

    @endpoint("DELETE", "/task_runs/{id:uuid}")
    async def delete(self, task_run_id: UUID | str) -> None:
        """Delete a task run with its logs (`DELETE /task_runs/{id}`).

        Args:
            task_run_id: The task run's id.

        Raises:
            NotFound: There is none.
        """
        return await self._call(type(None), id=task_run_id)

    @endpoint("POST", "/task_runs/filter", Replay.READ)
    @keywords(TaskRunQuery)
    async def list(self, query: TaskRunQuery) -> Rows[TaskRun]:
        """List one page of task runs (`POST /task_runs/filter`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            name: With this name, or one of several.
            state: In a state of this type, `FAILED`, or name, `Late`, or one of several.
            tags: With all of these tags.
            flow_run_id: Of this flow run, or one of several.
            since: Due to start at this moment or later; a duration counts back from now.
            until: Due to start at this moment or earlier; a duration counts back from now.
            sort: The order. Default: the newest id first.
            limit: At most this many task runs. Default: the server's page size, usually 200, which is also the most.
            offset: How many task runs to pass over first. Default: 0.

        Returns:
            The task runs of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` is above the server's own.
        """
        return await self._call(Rows[TaskRun], body=query)

    @stream
    @keywords(TaskRunQuery)
    def iterate(self: TaskRuns[Async], query: TaskRunQuery) -> AsyncIterator[TaskRun]:
        """Go through all task runs, page after page (`POST /task_runs/filter`).

        Runs that appear or vanish meanwhile may be missed or seen twice, as pages are counted by offset.

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            name: With this name, or one of several.
            state: In a state of this type, `FAILED`, or name, `Late`, or one of several.
            tags: With all of these tags.
            flow_run_id: Of this flow run, or one of several.
            since: Due to start at this moment or later; a duration counts back from now.
            until: Due to start at this moment or earlier; a duration counts back from now.
            sort: The order. Default: the newest id first.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many task runs to pass over first. Default: 0.

        Yields:
            The task runs, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/task_runs/paginate", Replay.READ)
    @keywords(TaskRunPageQuery)
    async def paginate(self, query: TaskRunPageQuery) -> TaskRunPaginationResponse:
        """Read a page of task runs by its number, with the number of all (`POST /task_runs/paginate`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            name: With this name, or one of several.
            state: In a state of this type, `FAILED`, or name, `Late`, or one of several.
            tags: With all of these tags.
            flow_run_id: Of this flow run, or one of several.
            since: Due to start at this moment or later; a duration counts back from now.
            until: Due to start at this moment or earlier; a duration counts back from now.
            sort: The order. Default: the newest id first.
            limit: How many task runs a page holds. Default: the server's page size, usually 200, which is also the
                most.
            page: Which page, from 1 on. Default: 1.

        Returns:
            The page, and how many task runs and pages there are.
        """
        return await self._call(TaskRunPaginationResponse, body=query)

    @endpoint("POST", "/task_runs/count", Replay.READ)
    @keywords(TaskRunSelection)
    async def count(self, selection: TaskRunSelection) -> int:
        """Count task runs (`POST /task_runs/count`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            name: With this name, or one of several.
            state: In a state of this type, `FAILED`, or name, `Late`, or one of several.
            tags: With all of these tags.
            flow_run_id: Of this flow run, or one of several.
            since: Due to start at this moment or later; a duration counts back from now.
            until: Due to start at this moment or earlier; a duration counts back from now.

        Returns:
            How many there are.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/task_runs/history", Replay.READ)
    @keywords(TaskRunHistoryQuery)
    async def history(self, query: TaskRunHistoryQuery) -> Rows[HistoryResponse]:
        """Count task runs by state in each interval of a time (`POST /task_runs/history`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            history_start: When the history begins.
            history_end: When the history ends.
            history_interval_seconds: How long each interval is: a duration, or its seconds. At least 1 second.

        Returns:
            One entry for each interval.

        Raises:
            UnprocessableEntity: The interval is shorter than 1 second.
        """
        return await self._call(Rows[HistoryResponse], body=query)

    @endpoint("POST", "/task_runs/{id:uuid}/set_state", Replay.NEVER)
    async def set_state(
        self, task_run_id: UUID | str, state: State | StateCreate, *, force: bool = False
    ) -> OrchestrationResult:
        """Ask for a state of a task run (`POST /task_runs/{id}/set_state`).

        Args:
            task_run_id: The task run's id.
            state: The state, such as `Completed()`.
            force: Pass over the server's rules, which could refuse, delay or replace it.

        Returns:
            What the server did: accept, reject, abort or wait; and the state that the run is in now.

        Raises:
            NotFound: There is no such run.
        """
        return await self._call(
            OrchestrationResult, id=task_run_id, body=SetState(state=with_transition_id(state), force=force)
        )
