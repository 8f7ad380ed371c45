"""The flow runs of deployments: `client.deployments`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.keywords import keywords
from prefectkit.core.paging import Rows
from prefectkit.core.retry import Replay
from prefectkit.models.common import with_key
from prefectkit.models.deployment_schedules import ScheduleDeployment, ScheduledRunsQuery
from prefectkit.models.deployments import DeploymentFlowRunCreate
from prefectkit.models.flow_runs import FlowRun, FlowRunBulkCreateResponse


class DeploymentRuns(Resource[M]):
    """Flow runs of deployments: those to create, and those that a schedule makes."""

    group = "deployments"

    @endpoint("POST", "/deployments/{id:uuid}/schedule", Replay.IDEMPOTENT)
    @keywords(ScheduleDeployment)
    async def schedule(self, deployment_id: UUID | str, window: ScheduleDeployment) -> None:
        """Make the runs of a deployment's active schedules at once (`POST /deployments/{id}/schedule`).

        Runs that exist already are not made again. A window in the past is a backfill.

        Args:
            deployment_id: The deployment's id.
            start_time: Runs from this moment on. Default: now.
            end_time: Runs until this moment. Default: a server setting.
            min_time: Runs for at least this long after `start_time`: in seconds. Default: a server setting.
            min_runs: At least this many runs. Default: a server setting.
            max_runs: At most this many runs. Default: a server setting.
        """
        return await self._call(type(None), id=deployment_id, body=window)

    @endpoint("POST", "/deployments/get_scheduled_flow_runs", Replay.READ)
    @keywords(ScheduledRunsQuery)
    async def get_scheduled_flow_runs(self, query: ScheduledRunsQuery) -> Rows[FlowRun]:
        """List the scheduled runs of some deployments (`POST /deployments/get_scheduled_flow_runs`).

        The server takes it that whoever asks will start them, and marks the deployments as ready.

        Args:
            deployment_ids: The deployments.
            scheduled_before: Runs that are to start until this moment. Default: no bound.
            limit: At most this many runs. Default: the server's page size, usually 200.

        Returns:
            The flow runs, the earliest first.

        Raises:
            UnprocessableEntity: `limit` is above the server's own.
        """
        return await self._call(Rows[FlowRun], body=query)

    @endpoint("POST", "/deployments/{id:uuid}/create_flow_run", Replay.KEYED)
    @keywords(DeploymentFlowRunCreate)
    async def create_flow_run(self, deployment_id: UUID | str, flow_run: DeploymentFlowRunCreate) -> FlowRun:
        """Create a flow run of a deployment (`POST /deployments/{id}/create_flow_run`).

        Args:
            deployment_id: The deployment's id.
            idempotency_key: A known key answers with its run. Default, and for None: one that no other request has.
            state: The state to begin in. Default: scheduled for now.
            name: Its name. Default: two random words.
            parameters: What the flow is called with, over the parameters of the deployment. Default: nothing.
            enforce_parameter_schema: Whether the parameters must match the schema. Default: as the deployment says.
            context: What else is known to the run. Default: nothing.
            infrastructure_document_id: The block of the infrastructure that it runs on.
            empirical_policy: How it is retried. Default: as its flow says.
            tags: Its tags, besides those of the deployment. Default: none.
            labels: Its labels: texts, numbers and booleans. Default: none.
            parent_task_run_id: The task run that stands for it in its parent flow run.
            work_queue_name: The work queue that it waits in. Default: that of the deployment.
            job_variables: What differs from the job variables of the deployment.

        Returns:
            The flow run, scheduled for now where no `state` is given.

        Raises:
            NotFound: There is no such deployment.
            Conflict: The parameters do not match the deployment's schema.
            UnprocessableEntity: The server refuses a field, or the job variables do not match the work pool's schema.
        """
        return await self._call(FlowRun, id=deployment_id, body=with_key(flow_run))

    @endpoint("POST", "/deployments/{id:uuid}/create_flow_run/bulk", Replay.KEYED)
    async def bulk_create_flow_runs(
        self, deployment_id: UUID | str, flow_runs: Sequence[DeploymentFlowRunCreate]
    ) -> FlowRunBulkCreateResponse:
        """Create several flow runs of a deployment (`POST /deployments/{id}/create_flow_run/bulk`).

        Args:
            deployment_id: The deployment's id.
            flow_runs: The flow runs, at most 100.

        Returns:
            For each of them, in order, its id or why there is none.

        Raises:
            NotFound: There is no such deployment.
            BadRequest: There are too many.
        """
        keyed = [with_key(flow_run) for flow_run in flow_runs]
        return await self._call(FlowRunBulkCreateResponse, id=deployment_id, body=keyed)
