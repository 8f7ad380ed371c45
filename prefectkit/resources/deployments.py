"""Deployments: `client.deployments`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cached_property
from uuid import UUID

from prefectkit.core.endpoint import Async, M, endpoint, stream
from prefectkit.core.keywords import keywords
from prefectkit.core.paging import Rows, every_row
from prefectkit.core.retry import Replay
from prefectkit.models.deployment_branches import DeploymentBranch, DeploymentBranchResponse
from prefectkit.models.deployments import (
    Deployment,
    DeploymentBulkDelete,
    DeploymentBulkDeleteResponse,
    DeploymentCreate,
    DeploymentPageQuery,
    DeploymentPaginationResponse,
    DeploymentQuery,
    DeploymentSelection,
    DeploymentUpdate,
)
from prefectkit.models.work_queues import WorkQueue
from prefectkit.resources.deployment_runs import DeploymentRuns
from prefectkit.resources.deployment_schedules import DeploymentSchedules


class Deployments(DeploymentRuns[M]):
    """Deployments: flows that the server can start runs of."""

    @cached_property
    def schedules(self) -> DeploymentSchedules[M]:
        """When a deployment makes runs by itself."""
        return DeploymentSchedules(self)

    @endpoint("POST", "/deployments/", Replay.IDEMPOTENT)
    @keywords(DeploymentCreate)
    async def create(self, deployment: DeploymentCreate) -> Deployment:
        """Create a deployment, or write the one of this flow and name anew (`POST /deployments/`).

        Args:
            name: Its name, of which its flow has one.
            flow_id: The flow that it runs.
            paused: Whether it makes no runs. Default: False.
            schedules: When it makes runs. Default: never by itself.
            concurrency_limit: How many of its runs may run at once. Default: no limit.
            concurrency_options: What it does about that limit.
            global_concurrency_limit_id: A global concurrency limit to use instead of `concurrency_limit`.
            enforce_parameter_schema: Whether the parameters of a run must match the schema. Default: True.
            parameter_openapi_schema: Which parameters the flow takes, as a JSON schema.
            parameters: What its runs are called with. Default: nothing.
            tags: Its tags. Default: none.
            labels: Its labels: texts, numbers and booleans. Default: none.
            pull_steps: The steps that fetch its code.
            work_pool_name: The work pool that its runs run in. Default: none.
            work_queue_name: The work queue that its runs wait in. Default: the pool's default queue.
            storage_document_id: The block of the storage that its code is in.
            infrastructure_document_id: The block of the infrastructure that its runs run on.
            description: What it is for.
            path: The working directory, relative to the storage or absolute.
            version: Its version.
            version_info: Where its version comes from.
            entrypoint: Where its flow is, relative to `path`.
            job_variables: What differs from the job template of its work pool. Default: nothing.
            branch: Its branch, on Prefect Cloud; another server refuses it.
            base: The deployment that it is branched from, on Prefect Cloud; another server refuses it.
            root: The deployment that all its branches go back to, on Prefect Cloud; another server refuses it.

        Returns:
            The deployment.

        Raises:
            NotFound: There is no such work pool or concurrency limit.
            Conflict: There is no such flow or block.
            UnprocessableEntity: The server refuses a field, or the job variables do not match the work pool's schema.
            ServerError: The name has one of `/%&<>`, which the server answers with 500.
        """
        return await self._call(Deployment, body=deployment)

    @endpoint("GET", "/deployments/{id:uuid}")
    async def read(self, deployment_id: UUID | str) -> Deployment:
        """Read a deployment (`GET /deployments/{id}`).

        Args:
            deployment_id: The deployment's id.

        Returns:
            The deployment, with its schedules.

        Raises:
            NotFound: There is none.
        """
        return await self._call(Deployment, id=deployment_id)

    @endpoint("GET", "/deployments/name/{flow_name}/{deployment_name}")
    async def read_by_name(self, flow_name: str, deployment_name: str) -> Deployment:
        """Read a deployment by its name (`GET /deployments/name/{flow_name}/{deployment_name}`).

        Args:
            flow_name: The exact name of its flow.
            deployment_name: Its own exact name.

        Returns:
            The deployment, with its schedules.

        Raises:
            NotFound: There is none.
            UnaddressableNameError: A name cannot stand in a URL.
        """
        return await self._call(Deployment, flow_name=flow_name, deployment_name=deployment_name)

    @endpoint("PATCH", "/deployments/{id:uuid}", Replay.IDEMPOTENT)
    @keywords(DeploymentUpdate)
    async def update(self, deployment_id: UUID | str, deployment: DeploymentUpdate) -> None:
        """Change a deployment (`PATCH /deployments/{id}`); what is not given stays.

        Args:
            deployment_id: The deployment's id.
            version: Its version.
            version_info: Where its version comes from.
            description: What it is for.
            paused: Whether it makes no runs.
            schedules: When it makes runs.
            concurrency_limit: How many of its runs may run at once. None: no limit.
            concurrency_options: What it does about that limit.
            global_concurrency_limit_id: A global concurrency limit to use instead of `concurrency_limit`.
            parameters: What its runs are called with.
            parameter_openapi_schema: Which parameters the flow takes, as a JSON schema.
            enforce_parameter_schema: Whether the parameters of a run must match the schema.
            tags: Its tags.
            work_pool_name: The work pool that its runs run in.
            work_queue_name: The work queue that its runs wait in.
            path: The working directory, relative to the storage or absolute.
            job_variables: What differs from the job template of its work pool.
            pull_steps: The steps that fetch its code.
            entrypoint: Where its flow is, relative to `path`.
            storage_document_id: The block of the storage that its code is in.
            infrastructure_document_id: The block of the infrastructure that its runs run on.

        Raises:
            NotFound: There is no such deployment or concurrency limit.
            Conflict: The parameters or the job variables do not match their schema.
            UnprocessableEntity: The server refuses a field, or a schedule lacks the slug that others have.
        """
        return await self._call(type(None), id=deployment_id, body=deployment)

    @endpoint("DELETE", "/deployments/{id:uuid}")
    async def delete(self, deployment_id: UUID | str) -> None:
        """Delete a deployment with its scheduled runs (`DELETE /deployments/{id}`).

        Args:
            deployment_id: The deployment's id.

        Raises:
            NotFound: There is none.
        """
        return await self._call(type(None), id=deployment_id)

    @endpoint("POST", "/deployments/filter", Replay.READ)
    @keywords(DeploymentQuery)
    async def list(self, query: DeploymentQuery) -> Rows[Deployment]:
        """List one page of deployments (`POST /deployments/filter`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_pool_queues: The work queue of the object.
            name: With this name, or one of several.
            tags: With all of these tags.
            paused: Paused, or not.
            sort: The order. Default: by name.
            limit: At most this many deployments. Default: the server's page size, usually 200, which is also the most.
            offset: How many deployments to pass over first. Default: 0.

        Returns:
            The deployments of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` is above the server's own.
        """
        return await self._call(Rows[Deployment], body=query)

    @stream
    @keywords(DeploymentQuery)
    def iterate(self: Deployments[Async], query: DeploymentQuery) -> AsyncIterator[Deployment]:
        """Go through all deployments, page after page (`POST /deployments/filter`).

        Deployments that appear or vanish meanwhile may be missed or seen twice, as pages are counted by offset.

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_pool_queues: The work queue of the object.
            name: With this name, or one of several.
            tags: With all of these tags.
            paused: Paused, or not.
            sort: The order. Default: by name.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many deployments to pass over first. Default: 0.

        Yields:
            The deployments, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/deployments/paginate", Replay.READ)
    @keywords(DeploymentPageQuery)
    async def paginate(self, query: DeploymentPageQuery) -> DeploymentPaginationResponse:
        """Read a page of deployments by its number, with the number of all (`POST /deployments/paginate`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_pool_queues: The work queue of the object.
            name: With this name, or one of several.
            tags: With all of these tags.
            paused: Paused, or not.
            sort: The order. Default: by name.
            limit: How many deployments a page holds. Default: the server's page size, usually 200, which is also the
                most.
            page: Which page, from 1 on. Default: 1.

        Returns:
            The page, and how many deployments and pages there are.
        """
        return await self._call(DeploymentPaginationResponse, body=query)

    @endpoint("POST", "/deployments/count", Replay.READ)
    @keywords(DeploymentSelection)
    async def count(self, selection: DeploymentSelection) -> int:
        """Count deployments (`POST /deployments/count`).

        Args:
            flows: The flow itself, or the flow of the object.
            flow_runs: The flow run itself, or a flow run of the object.
            task_runs: The task run itself, or a task run of the object.
            deployments: The deployment itself, or a deployment of the object.
            work_pools: The work pool of the object.
            work_pool_queues: The work queue of the object.
            name: With this name, or one of several.
            tags: With all of these tags.
            paused: Paused, or not.

        Returns:
            How many there are.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/deployments/bulk_delete", Replay.NEVER)
    @keywords(DeploymentBulkDelete)
    async def bulk_delete(self, selection: DeploymentBulkDelete) -> DeploymentBulkDeleteResponse:
        """Delete the deployments that a filter selects (`POST /deployments/bulk_delete`).

        Args:
            deployments: Which deployments. Default: all.
            limit: At most this many deployments. Default: 50, which is also the most.

        Returns:
            The ids of the deleted deployments.
        """
        return await self._call(DeploymentBulkDeleteResponse, body=selection)

    @endpoint("POST", "/deployments/{id:uuid}/pause_deployment", Replay.IDEMPOTENT)
    async def pause(self, deployment_id: UUID | str) -> None:
        """Stop the schedules of a deployment and delete its scheduled runs (`POST /deployments/{id}/pause_deployment`).

        Args:
            deployment_id: The deployment's id.

        Raises:
            NotFound: There is none.
        """
        return await self._call(type(None), id=deployment_id)

    @endpoint("POST", "/deployments/{id:uuid}/resume_deployment", Replay.IDEMPOTENT)
    async def resume(self, deployment_id: UUID | str) -> None:
        """Let the schedules of a paused deployment make runs again (`POST /deployments/{id}/resume_deployment`).

        Args:
            deployment_id: The deployment's id.

        Raises:
            NotFound: There is none.
        """
        return await self._call(type(None), id=deployment_id)

    @endpoint("GET", "/deployments/{id:uuid}/work_queue_check")
    async def work_queue_check(self, deployment_id: UUID | str) -> Rows[WorkQueue]:
        """List the work queues that take runs of a deployment (`GET /deployments/{id}/work_queue_check`).

        Args:
            deployment_id: The deployment's id.

        Returns:
            The work queues. The server means to give this route up.

        Raises:
            NotFound: There is no such deployment.
        """
        return await self._call(Rows[WorkQueue], id=deployment_id)

    @endpoint("POST", "/deployments/{id:uuid}/branch", Replay.NEVER, cloud=True)
    @keywords(DeploymentBranch)
    async def create_branch(self, deployment_id: UUID | str, branch: DeploymentBranch) -> UUID:
        """Create a deployment that is a branch of another (`POST /deployments/{id}/branch`), on Prefect Cloud.

        Args:
            deployment_id: The id of the deployment to branch from.
            branch: The name of the branch, not blank.
            options: How to branch. Default: without schedules.
            overrides: What differs in the branch. Default: nothing.

        Returns:
            The id of the new deployment.

        Raises:
            NotFound: There is no such deployment; or the server has no branches: it is not Prefect Cloud.
        """
        return (await self._call(DeploymentBranchResponse, id=deployment_id, body=branch)).id
