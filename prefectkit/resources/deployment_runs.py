"""The flow runs of deployments: `client.deployments`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.serialization.declared import check_list
from prefectkit.models.common import with_idempotency_key
from prefectkit.models.deployment_schedules import ScheduleDeployment, ScheduledRunsQuery
from prefectkit.models.deployments import DeploymentFlowRunCreate
from prefectkit.models.flow_runs import FlowRun, FlowRunBulkCreateResponse


class DeploymentRuns(Resource[M]):
    """Flow runs of deployments: those to create, and those that a schedule makes."""

    group = "deployments"

    @endpoint("POST", "/deployments/{id:uuid}/schedule", RetrySafety.IDEMPOTENT)
    @keywords(ScheduleDeployment)
    async def schedule(self, deployment_id: UUID | str, window: ScheduleDeployment) -> None:
        """Create the scheduled runs of a deployment's active schedules now (`POST /deployments/{id}/schedule`).

        Runs that exist are not created again. A window in the past is a backfill. Nothing happens if there is no such
        deployment.

        Args:
            deployment_id: The deployment's id.
            start_time: The earliest time to schedule a run for. Default: now.
            end_time: The latest time to schedule a run for. Default: a server setting, 100 days after `start_time`.
            min_time: How far past `start_time` to schedule runs at least: a duration, or its seconds. Default: a server
                setting, 1 hour.
            min_runs: Schedule at least this many runs. Default: a server setting, 3.
            max_runs: Schedule at most this many runs. Default: a server setting, 100.
        """
        return await self._call(type(None), id=deployment_id, body=window)

    @endpoint("POST", "/deployments/get_scheduled_flow_runs", RetrySafety.READ)
    @keywords(ScheduledRunsQuery)
    async def get_scheduled_flow_runs(self, query: ScheduledRunsQuery) -> Rows[FlowRun]:
        """List the scheduled runs of some deployments (`POST /deployments/get_scheduled_flow_runs`).

        The server assumes that the caller will start them, and marks the deployments as ready.

        Args:
            deployment_ids: The ids of the deployments.
            scheduled_before: Only runs scheduled for this moment or earlier. Default: all.
            limit: At most this many flow runs. Default: the server's page size, usually 200, which is also the maximum.

        Returns:
            The flow runs, the earliest first.

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[FlowRun], body=query)

    @endpoint("POST", "/deployments/{id:uuid}/create_flow_run", RetrySafety.KEYED)
    @keywords(DeploymentFlowRunCreate)
    async def create_flow_run(self, deployment_id: UUID | str, flow_run: DeploymentFlowRunCreate) -> FlowRun:
        """Create a flow run of a deployment (`POST /deployments/{id}/create_flow_run`).

        Args:
            deployment_id: The deployment's id.
            idempotency_key: A key of your own. If there is a run with this key already, that run is returned and none
                is created. Default, and for None: a new random key.
            state: The state to begin in. Default: `Scheduled()` for now.
            name: The name. Default: two random words.
            parameters: Parameters that the flow is called with; they override those of the deployment. Default: none.
            enforce_parameter_schema: Whether the parameters must match the deployment's schema. Default: as the
                deployment says.
            context: Further data of the run, as JSON. Default: none.
            infrastructure_document_id: The id of the block document of the infrastructure that it runs on.
            empirical_policy: How it is retried. Default: as its flow says.
            tags: Tags, in addition to those of the deployment. Default: none.
            labels: The labels: strings, numbers and booleans by name. Default: none.
            parent_task_run_id: The id of the task run that represents it in its parent flow run.
            work_queue_name: The name of the work queue that it waits in. Default: that of the deployment.
            job_variables: Values that override the job variables of the deployment.

        Returns:
            The flow run, scheduled for now where no `state` is given.

        Raises:
            NotFound: There is no such deployment.
            Conflict: The parameters do not match the deployment's schema.
            UnprocessableEntity: The server rejects a field, or the job variables do not match the work pool's schema.
        """
        return await self._call(FlowRun, id=deployment_id, body=with_idempotency_key(flow_run))

    @endpoint("POST", "/deployments/{id:uuid}/create_flow_run/bulk", RetrySafety.KEYED)
    async def bulk_create_flow_runs(
        self, deployment_id: UUID | str, flow_runs: Sequence[DeploymentFlowRunCreate]
    ) -> FlowRunBulkCreateResponse:
        """Create several flow runs of a deployment (`POST /deployments/{id}/create_flow_run/bulk`).

        Args:
            deployment_id: The deployment's id.
            flow_runs: The flow runs, at most 100.

        Returns:
            For each flow run, in order: its id, or why it was not created.

        Raises:
            NotFound: There is no such deployment.
            BadRequest: There are more than 100.
            InvalidParameterError: They are no list.
        """
        check_list("flow_runs", flow_runs)
        keyed = [with_idempotency_key(flow_run) for flow_run in flow_runs]
        return await self._call(FlowRunBulkCreateResponse, id=deployment_id, body=keyed)
