"""Schedules of deployments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefectkit.compat.arguments import ModelLike, to_plain, without_none
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectNotFound
from prefectkit.compat.schedule_checks import check_schedules
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.deployment_schedules import DeploymentSchedule, DeploymentScheduleCreate
    from prefectkit.models.schedules import Schedule


class ScheduleMethods(MethodGroup[M]):
    """The flat methods about the schedules of deployments."""

    @client_method()
    async def create_deployment_schedules(
        self,
        deployment_id: UUID | str,
        schedules: Sequence[tuple[ModelLike[Schedule], bool]] | Sequence[ModelLike[DeploymentScheduleCreate]],
        max_scheduled_runs: int | None = None,
        parameters: dict[str, Any] | None = None,
        slug: str | None = None,
    ) -> list[DeploymentSchedule]:
        """Give a deployment further schedules.

        Args:
            deployment_id: The deployment's id.
            schedules: `DeploymentScheduleCreate` objects, or pairs of a schedule and whether it is active.
            max_scheduled_runs: For pairs: how many runs are kept scheduled ahead.
            parameters: For pairs: the parameters of the runs.
            slug: For pairs: the schedule's name within the deployment.

        Raises:
            PrefectHTTPStatusError: There is no such deployment, or it has a schedule with this slug.
            ValueError: A schedule is invalid.
        """
        shared = {"max_scheduled_runs": max_scheduled_runs, "parameters": parameters or {}, "slug": slug}
        made: list[Any] = [
            {"schedule": to_plain(item[0]), "active": item[1], **shared} if isinstance(item, tuple) else to_plain(item)
            for item in schedules
        ]
        check_schedules(made)
        return await self._api.deployments.schedules.create(deployment_id, made)

    @client_method(not_found=ObjectNotFound)
    async def read_deployment_schedules(self, deployment_id: UUID | str) -> list[DeploymentSchedule]:
        """List the schedules of a deployment.

        Args:
            deployment_id: The deployment's id.

        Raises:
            ObjectNotFound: There is no such deployment.
        """
        return await self._api.deployments.schedules.list(deployment_id)

    @client_method(not_found=ObjectNotFound)
    async def update_deployment_schedule(
        self,
        deployment_id: UUID | str,
        schedule_id: UUID | str,
        active: bool | None = None,
        schedule: ModelLike[Schedule] | None = None,
        max_scheduled_runs: int | None = None,
        parameters: dict[str, Any] | None = None,
        slug: str | None = None,
    ) -> None:
        """Change a schedule; None leaves a field unchanged.

        Args:
            deployment_id: The deployment's id.
            schedule_id: The schedule's id.
            active: Whether it creates runs.
            schedule: Its schedules.
            max_scheduled_runs: How many runs are kept scheduled ahead.
            parameters: The parameters of the runs.
            slug: Its name within the deployment.

        Raises:
            ObjectNotFound: There is no such deployment or schedule.
            ValueError: The schedule is invalid.
        """
        check_schedules([{"schedule": schedule, "max_scheduled_runs": max_scheduled_runs}])
        changes = without_none(
            active=active,
            schedule=to_plain(schedule),
            max_scheduled_runs=max_scheduled_runs,
            parameters=parameters,
            slug=slug,
        )
        return await self._api.deployments.schedules.update(deployment_id, schedule_id, **changes)

    @client_method(not_found=ObjectNotFound)
    async def delete_deployment_schedule(self, deployment_id: UUID | str, schedule_id: UUID | str) -> None:
        """Delete a schedule.

        Args:
            deployment_id: The deployment's id.
            schedule_id: The schedule's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.deployments.schedules.delete(deployment_id, schedule_id)
