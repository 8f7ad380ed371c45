"""Deployments: `client.deployments`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from uuid import UUID

from msgspec import UNSET

from prefectkit.core.endpoint import Async, M, endpoint, iterating
from prefectkit.core.errors import NotFound
from prefectkit.core.keywords import keywords
from prefectkit.core.lazy_property import lazy_property
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
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
from prefectkit.models.name_checks import check_name
from prefectkit.models.work_queues import WorkQueue
from prefectkit.resources.deployment_runs import DeploymentRuns
from prefectkit.resources.deployment_schedules import DeploymentSchedules


class Deployments(DeploymentRuns[M]):
    """Deployments: flows whose runs the server can create and schedule."""

    @lazy_property
    def schedules(self) -> DeploymentSchedules[M]:
        """The schedules of deployments, which create runs."""
        return DeploymentSchedules(self)

    @endpoint("POST", "/deployments/", RetrySafety.IDEMPOTENT)
    @keywords(DeploymentCreate)
    async def create(self, deployment: DeploymentCreate) -> Deployment:
        """Create a deployment, or overwrite the one with this flow and name (`POST /deployments/`).

        Args:
            name: The name, unique within the flow.
            flow_id: The id of the flow that it runs.
            paused: Whether its schedules are paused, so that they create no runs. Default: False.
            schedules: The schedules that create its runs. Default: none.
            concurrency_limit: How many of its runs may run at once. Default: no limit.
            concurrency_options: What happens to a run beyond that limit, and how long a run may take to start.
            global_concurrency_limit_id: The id of a global concurrency limit to use instead of `concurrency_limit`.
            enforce_parameter_schema: Whether the parameters of a run must match `parameter_openapi_schema`. Default:
                True.
            parameter_openapi_schema: The JSON schema of the flow's parameters.
            parameters: Parameters of its runs, which a run can override. Default: none.
            tags: The tags. Default: none.
            labels: The labels: strings, numbers and booleans by name. Default: none.
            pull_steps: The steps that fetch the flow's code.
            work_pool_name: The name of the work pool that its runs run in. Default: none.
            work_queue_name: The name of the work queue that its runs wait in. Default: the work pool's default queue.
            storage_document_id: The id of the block document of the storage that holds its code.
            infrastructure_document_id: The id of the block document of the infrastructure that its runs run on.
            description: A description.
            path: The working directory of its runs, absolute or relative to the storage.
            version: The version.
            version_info: The origin of the version.
            entrypoint: Where the flow is, relative to `path`, such as `flows.py:etl`.
            job_variables: Values that override variables of the work pool's job template. Default: none.
            branch: The branch of the deployment. Only on Prefect Cloud: other servers refuse it.
            base: The id of the deployment that it is branched from. Only on Prefect Cloud: other servers refuse it.
            root: The id of the deployment at the root of its branches. Only on Prefect Cloud: other servers refuse it.

        Returns:
            The deployment.

        Raises:
            NotFound: There is no such work pool or concurrency limit.
            Conflict: There is no such flow or block.
            UnprocessableEntity: The server rejects a field, or the job variables do not match the work pool's schema.
            InvalidParameterError: The name has one of `/%&<>`, for which the server returns 500.
        """
        check_name("name", deployment.name)
        return await self._call(Deployment, body=deployment)

    @endpoint("GET", "/deployments/{id:uuid}")
    async def read(self, deployment_id: UUID | str) -> Deployment:
        """Read a deployment (`GET /deployments/{id}`).

        Args:
            deployment_id: The deployment's id.

        Returns:
            The deployment, with its schedules.

        Raises:
            NotFound: There is no such deployment.
        """
        return await self._call(Deployment, id=deployment_id)

    @endpoint("GET", "/deployments/name/{flow_name}/{deployment_name}")
    async def read_by_name(self, flow_name: str, deployment_name: str) -> Deployment:
        """Read a deployment by its name (`GET /deployments/name/{flow_name}/{deployment_name}`).

        Args:
            flow_name: The exact name of the flow.
            deployment_name: The exact name of the deployment.

        Returns:
            The deployment, with its schedules.

        Raises:
            NotFound: There is no such deployment.
            UnaddressableNameError: A name cannot stand in a URL.
        """
        return await self._call(Deployment, flow_name=flow_name, deployment_name=deployment_name)

    @endpoint("PATCH", "/deployments/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(DeploymentUpdate)
    async def update(self: Deployments[Async], deployment_id: UUID | str, deployment: DeploymentUpdate) -> None:
        """Update a deployment (`PATCH /deployments/{id}`). Fields not given stay unchanged.

        Args:
            deployment_id: The deployment's id.
            version: The version.
            version_info: The origin of the version.
            description: A description.
            paused: Whether its schedules are paused, so that they create no runs.
            schedules: The schedules that create its runs. Where all existing ones have slugs, those of other slugs
                stay; an empty list removes them too, with a request for each.
            concurrency_limit: How many of its runs may run at once. None: no limit.
            concurrency_options: What happens to a run beyond that limit, and how long a run may take to start.
            global_concurrency_limit_id: The id of a global concurrency limit to use instead of `concurrency_limit`.
            parameters: Parameters of its runs, which a run can override.
            parameter_openapi_schema: The JSON schema of the flow's parameters.
            enforce_parameter_schema: Whether the parameters of a run must match `parameter_openapi_schema`.
            tags: The tags.
            work_pool_name: The name of the work pool that its runs run in.
            work_queue_name: The name of the work queue that its runs wait in.
            path: The working directory of its runs, absolute or relative to the storage.
            job_variables: Values that override variables of the work pool's job template.
            pull_steps: The steps that fetch the flow's code.
            entrypoint: Where the flow is, relative to `path`, such as `flows.py:etl`.
            storage_document_id: The id of the block document of the storage that holds its code.
            infrastructure_document_id: The id of the block document of the infrastructure that its runs run on.

        Raises:
            NotFound: There is no such deployment or concurrency limit.
            Conflict: The parameters or the job variables do not match their schema.
            UnprocessableEntity: The server rejects a field, or a schedule lacks the slug that others have.
        """
        await self._call(type(None), id=deployment_id, body=deployment)
        if deployment.schedules is not UNSET and not deployment.schedules:
            # The server leaves those with slugs as they are.
            for schedule in await self.schedules.list(deployment_id):
                with suppress(NotFound):
                    await self.schedules.delete(deployment_id, schedule.id)

    @endpoint("DELETE", "/deployments/{id:uuid}")
    async def delete(self, deployment_id: UUID | str) -> None:
        """Delete a deployment with its scheduled runs (`DELETE /deployments/{id}`).

        Args:
            deployment_id: The deployment's id.

        Raises:
            NotFound: There is no such deployment.
        """
        return await self._call(type(None), id=deployment_id)

    @endpoint("POST", "/deployments/filter", RetrySafety.READ)
    @keywords(DeploymentQuery)
    async def list(self, query: DeploymentQuery) -> Rows[Deployment]:
        """List one page of deployments (`POST /deployments/filter`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_pool_queues: A filter on the work queue. Default: any.
            name: Only with this name, or with one of these names.
            tags: Only with all of these tags.
            paused: True: only paused deployments. False: only those that are not paused.
            sort: The order. Default: by name.
            limit: At most this many deployments. Default: the server's page size, usually 200, which is also the
                maximum.
            offset: How many deployments to skip. Default: 0.

        Returns:
            The deployments of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[Deployment], body=query)

    @iterating
    @keywords(DeploymentQuery)
    def iterate(self: Deployments[Async], query: DeploymentQuery) -> AsyncIterator[Deployment]:
        """Iterate over all deployments, page after page (`POST /deployments/filter`).

        Deployments created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_pool_queues: A filter on the work queue. Default: any.
            name: Only with this name, or with one of these names.
            tags: Only with all of these tags.
            paused: True: only paused deployments. False: only those that are not paused.
            sort: The order. Default: by name.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many deployments to skip. Default: 0.

        Yields:
            The deployments, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/deployments/paginate", RetrySafety.READ)
    @keywords(DeploymentPageQuery)
    async def paginate(self, query: DeploymentPageQuery) -> DeploymentPaginationResponse:
        """Read a page of deployments by page number, with total counts (`POST /deployments/paginate`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_pool_queues: A filter on the work queue. Default: any.
            name: Only with this name, or with one of these names.
            tags: Only with all of these tags.
            paused: True: only paused deployments. False: only those that are not paused.
            sort: The order. Default: by name.
            limit: How many deployments a page holds. Default: the server's page size, usually 200, which is also the
                maximum.
            page: Which page, from 1. Default: 1.

        Returns:
            The page, and how many deployments and pages there are.
        """
        return await self._call(DeploymentPaginationResponse, body=query)

    @endpoint("POST", "/deployments/count", RetrySafety.READ)
    @keywords(DeploymentSelection)
    async def count(self, selection: DeploymentSelection) -> int:
        """Count deployments (`POST /deployments/count`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow runs. Default: any.
            task_runs: A filter on the task runs. Default: any.
            deployments: A filter on the deployment. Default: any.
            work_pools: A filter on the work pool. Default: any.
            work_pool_queues: A filter on the work queue. Default: any.
            name: Only with this name, or with one of these names.
            tags: Only with all of these tags.
            paused: True: only paused deployments. False: only those that are not paused.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/deployments/bulk_delete", RetrySafety.NEVER)
    @keywords(DeploymentBulkDelete)
    async def bulk_delete(self, selection: DeploymentBulkDelete) -> DeploymentBulkDeleteResponse:
        """Delete the deployments that a filter selects (`POST /deployments/bulk_delete`).

        Args:
            deployments: A filter on the deployments. Default: all.
            limit: At most this many deployments. Default: 50, which is also the maximum.

        Returns:
            The ids of the deleted deployments.
        """
        return await self._call(DeploymentBulkDeleteResponse, body=selection)

    @endpoint("POST", "/deployments/{id:uuid}/pause_deployment", RetrySafety.IDEMPOTENT)
    async def pause(self, deployment_id: UUID | str) -> None:
        """Pause a deployment's schedules and delete its scheduled runs (`POST /deployments/{id}/pause_deployment`).

        Args:
            deployment_id: The deployment's id.

        Raises:
            NotFound: There is no such deployment.
        """
        return await self._call(type(None), id=deployment_id)

    @endpoint("POST", "/deployments/{id:uuid}/resume_deployment", RetrySafety.IDEMPOTENT)
    async def resume(self, deployment_id: UUID | str) -> None:
        """Resume the schedules of a paused deployment (`POST /deployments/{id}/resume_deployment`).

        Args:
            deployment_id: The deployment's id.

        Raises:
            NotFound: There is no such deployment.
        """
        return await self._call(type(None), id=deployment_id)

    @endpoint("GET", "/deployments/{id:uuid}/work_queue_check")
    async def work_queue_check(self, deployment_id: UUID | str) -> Rows[WorkQueue]:
        """List the work queues that runs of a deployment can wait in (`GET /deployments/{id}/work_queue_check`).

        Args:
            deployment_id: The deployment's id.

        Returns:
            The work queues. The server plans to remove this route.

        Raises:
            NotFound: There is no such deployment.
        """
        return await self._call(list[WorkQueue], id=deployment_id)

    @endpoint("POST", "/deployments/{id:uuid}/branch", RetrySafety.NEVER, cloud=True)
    @keywords(DeploymentBranch)
    async def create_branch(self, deployment_id: UUID | str, branch: DeploymentBranch) -> UUID:
        """Create a deployment that is a branch of another (`POST /deployments/{id}/branch`), on Prefect Cloud.

        Args:
            deployment_id: The id of the deployment to branch from.
            branch: The name of the branch, not blank.
            options: Options for the creation of the branch. Default: without schedules.
            overrides: What differs in the branch. Default: none.

        Returns:
            The id of the new deployment.

        Raises:
            NotFound: There is no such deployment; or the server has no branches: it is not Prefect Cloud.
        """
        return (await self._call(DeploymentBranchResponse, id=deployment_id, body=branch)).id
