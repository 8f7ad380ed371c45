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
            deployment: The fields of `DeploymentCreate`, as keywords.

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
            deployment: The fields of `DeploymentUpdate`, as keywords.

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
            query: The fields of `DeploymentQuery`, as keywords: filters, `sort`, `limit`, `offset`.

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
            query: The fields of `DeploymentQuery`, as keywords; `limit` counts the deployments in all.

        Yields:
            The deployments, in the order of `sort`.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/deployments/paginate", Replay.READ)
    @keywords(DeploymentPageQuery)
    async def paginate(self, query: DeploymentPageQuery) -> DeploymentPaginationResponse:
        """Read a page of deployments by its number, with the number of all (`POST /deployments/paginate`).

        Args:
            query: The fields of `DeploymentPageQuery`, as keywords; `page` counts from 1.

        Returns:
            The page, and how many deployments and pages there are.
        """
        return await self._call(DeploymentPaginationResponse, body=query)

    @endpoint("POST", "/deployments/count", Replay.READ)
    @keywords(DeploymentSelection)
    async def count(self, selection: DeploymentSelection) -> int:
        """Count deployments (`POST /deployments/count`).

        Args:
            selection: The fields of `DeploymentSelection`, as keywords: the filters.

        Returns:
            How many there are.
        """
        return await self._call(int, body=selection)

    @endpoint("POST", "/deployments/bulk_delete", Replay.NEVER)
    @keywords(DeploymentBulkDelete)
    async def bulk_delete(self, selection: DeploymentBulkDelete) -> DeploymentBulkDeleteResponse:
        """Delete the deployments that a filter selects (`POST /deployments/bulk_delete`).

        Args:
            selection: The fields of `DeploymentBulkDelete`, as keywords; `limit` is how many at most.

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
            branch: The fields of `DeploymentBranch`, as keywords.

        Returns:
            The id of the new deployment.

        Raises:
            NotFound: There is no such deployment; or the server has no branches: it is not Prefect Cloud.
        """
        return (await self._call(DeploymentBranchResponse, id=deployment_id, body=branch)).id
