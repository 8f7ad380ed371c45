"""The routes of Prefect's own UI: `client.ui`."""

from __future__ import annotations

from uuid import UUID

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.task_runs import TaskRunSelection
from prefectkit.models.ui import (
    CountByState,
    FlowIds,
    FlowRunBarQuery,
    FlowRunIds,
    SchemaValues,
    SchemaValuesValidationResponse,
    SimpleFlowRun,
    SimpleNextFlowRun,
    TaskRunCount,
    TaskRunCountQuery,
    UITaskRun,
)


class UI(Resource[M]):
    """Responses in the form that Prefect's dashboard shows. They may change with any release of the server."""

    group = "ui"

    @endpoint("POST", "/ui/flows/count-deployments", RetrySafety.READ)
    @keywords(FlowIds)
    async def count_deployments_by_flow(self, flows: FlowIds) -> dict[UUID, int]:
        """Count the deployments of each flow (`POST /ui/flows/count-deployments`).

        Args:
            flow_ids: The ids of the flows, at most 200.

        Returns:
            The counts, by flow id.
        """
        return await self._call(dict[UUID, int], body=flows)

    @endpoint("POST", "/ui/flows/next-runs", RetrySafety.READ)
    @keywords(FlowIds)
    async def next_runs_by_flow(self, flows: FlowIds) -> dict[UUID, SimpleNextFlowRun | None]:
        """Read the next scheduled run of each flow (`POST /ui/flows/next-runs`).

        Args:
            flow_ids: The ids of the flows, at most 200.

        Returns:
            The run, or None, by flow id.
        """
        return await self._call(dict[UUID, SimpleNextFlowRun | None], body=flows)

    @endpoint("POST", "/ui/flow_runs/history", RetrySafety.READ)
    @keywords(FlowRunBarQuery)
    async def flow_run_history(self, query: FlowRunBarQuery) -> Rows[SimpleFlowRun]:
        """List runs with what a bar of the history chart needs (`POST /ui/flow_runs/history`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: all.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            sort: The order. Default: `EXPECTED_START_TIME_DESC`.
            limit: At most this many rows. Default: 1000, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The runs.
        """
        return await self._call(list[SimpleFlowRun], body=query)

    @endpoint("POST", "/ui/flow_runs/count-task-runs", RetrySafety.READ)
    @keywords(FlowRunIds)
    async def count_task_runs_by_flow_run(self, flow_runs: FlowRunIds) -> dict[UUID, int]:
        """Count the task runs of each flow run (`POST /ui/flow_runs/count-task-runs`).

        Args:
            flow_run_ids: The ids of the flow runs, at most 200.

        Returns:
            The counts, by flow run id.
        """
        return await self._call(dict[UUID, int], body=flow_runs)

    @endpoint("POST", "/ui/schemas/validate", RetrySafety.READ)
    @keywords(SchemaValues)
    async def validate_schema_values(self, values: SchemaValues) -> SchemaValuesValidationResponse:
        """Check values against a JSON schema (`POST /ui/schemas/validate`).

        Args:
            schema: The JSON schema, of an object.
            values: The values to check, by the name of the property.

        Returns:
            Whether they fit, and what does not.
        """
        return await self._call(SchemaValuesValidationResponse, body=values)

    @endpoint("POST", "/ui/task_runs/dashboard/counts", RetrySafety.READ)
    @keywords(TaskRunCountQuery)
    async def dashboard_task_run_counts(self, query: TaskRunCountQuery) -> Rows[TaskRunCount]:
        """Count task runs in equal intervals (`POST /ui/task_runs/dashboard/counts`).

        Args:
            task_runs: A filter on the task runs. Its `start_time.after_` is required: the first interval begins there.
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow run. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_queues: A filter on the work queue. Default: any.

        Returns:
            The completed and failed runs in each interval.
        """
        return await self._call(list[TaskRunCount], body=query)

    @endpoint("POST", "/ui/task_runs/count", RetrySafety.READ)
    @keywords(TaskRunSelection)
    async def count_task_runs_by_state(self, selection: TaskRunSelection) -> CountByState:
        """Count task runs by their state (`POST /ui/task_runs/count`).

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
            The counts, by state.
        """
        return await self._call(CountByState, body=selection)

    @endpoint("GET", "/ui/task_runs/{id:uuid}")
    async def read_task_run(self, task_run_id: UUID | str) -> UITaskRun:
        """Read a task run with the name of its flow run (`GET /ui/task_runs/{id}`).

        Args:
            task_run_id: The task run's id.

        Returns:
            The task run.

        Raises:
            NotFound: There is no such task run.
        """
        return await self._call(UITaskRun, id=task_run_id)
