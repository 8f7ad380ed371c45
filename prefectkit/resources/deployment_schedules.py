"""Schedules of deployments: `client.deployments.schedules`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.core.serialization.declared import check_list
from prefectkit.models.deployment_schedules import (
    DeploymentSchedule,
    DeploymentScheduleCreate,
    DeploymentScheduleUpdate,
)

_BY_SLUG = ReadBack("/deployments/{id:uuid}/schedules", by="slug", completed=["schedule"])


class DeploymentSchedules(Resource[M]):
    """The schedules of deployments, which create runs."""

    group = "deployments.schedules"

    @endpoint("POST", "/deployments/{id:uuid}/schedules", RetrySafety.CONFLICT, read_back=_BY_SLUG)
    async def create(
        self, deployment_id: UUID | str, schedules: Sequence[DeploymentScheduleCreate]
    ) -> Rows[DeploymentSchedule]:
        """Add schedules to a deployment (`POST /deployments/{id}/schedules`).

        Args:
            deployment_id: The deployment's id.
            schedules: The schedules; all of them are created, or none.

        Returns:
            The schedules, with their ids.

        Raises:
            NotFound: There is no such deployment.
            Conflict: The deployment has a schedule with one of these slugs.
            InvalidParameterError: The schedules are no list.
            UnprocessableEntity: The server rejects a field.
        """
        check_list("schedules", schedules)
        # Without a slug a second copy is a second schedule.
        retry_safety = (
            None if all(isinstance(getattr(item, "slug", None), str) for item in schedules) else RetrySafety.NEVER
        )
        return await self._call(list[DeploymentSchedule], id=deployment_id, body=schedules, retry_safety=retry_safety)

    @endpoint("GET", "/deployments/{id:uuid}/schedules")
    async def list(self, deployment_id: UUID | str) -> Rows[DeploymentSchedule]:
        """List the schedules of a deployment (`GET /deployments/{id}/schedules`).

        Args:
            deployment_id: The deployment's id.

        Returns:
            All of them, the last changed first.

        Raises:
            NotFound: There is no such deployment.
        """
        return await self._call(list[DeploymentSchedule], id=deployment_id)

    @endpoint("PATCH", "/deployments/{id:uuid}/schedules/{schedule_id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(DeploymentScheduleUpdate)
    async def update(
        self, deployment_id: UUID | str, schedule_id: UUID | str, schedule: DeploymentScheduleUpdate
    ) -> None:
        """Update a schedule (`PATCH /deployments/{id}/schedules/{schedule_id}`). Fields not given stay unchanged.

        Its scheduled runs are deleted, and the server creates new ones.

        Args:
            deployment_id: The deployment's id.
            schedule_id: The schedule's id.
            schedule: When it creates runs: an interval, a cron or an rrule schedule.
            active: Whether it creates runs.
            max_scheduled_runs: How many runs are scheduled ahead at most.
            parameters: Parameters of its runs; they override those of the deployment.
            slug: A name for the schedule, unique within the deployment.
            replaces: The slug of the schedule to replace, which renames it.

        Raises:
            NotFound: The deployment has no such schedule.
        """
        return await self._call(type(None), id=deployment_id, schedule_id=schedule_id, body=schedule)

    @endpoint("DELETE", "/deployments/{id:uuid}/schedules/{schedule_id:uuid}")
    async def delete(self, deployment_id: UUID | str, schedule_id: UUID | str) -> None:
        """Delete a schedule with its scheduled runs (`DELETE /deployments/{id}/schedules/{schedule_id}`).

        Args:
            deployment_id: The deployment's id.
            schedule_id: The schedule's id.

        Raises:
            NotFound: The deployment has no such schedule.
        """
        return await self._call(type(None), id=deployment_id, schedule_id=schedule_id)
