"""The schedules of a deployment, and what is asked about the runs that they make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Id, Stored, Timestamp, Variant
from prefectkit.models.schedules import Schedule, as_schedule


class DeploymentSchedule(Stored):
    """A schedule of a deployment.

    Attributes:
        deployment_id: The deployment it belongs to.
        schedule: When it makes runs.
        active: Whether it makes runs at all.
        max_scheduled_runs: How many runs are kept scheduled ahead. None: the server's own number.
        parameters: The parameters of its runs, over those of the deployment.
        slug: Its name within the deployment.
    """

    deployment_id: UUID | None = None
    schedule: Variant[Schedule]
    active: bool = True
    max_scheduled_runs: int | None = None
    parameters: JSON = field(default_factory=JSON)
    slug: str | None = None

    def __post_init__(self) -> None:
        self.schedule = as_schedule(self.schedule)


class DeploymentScheduleCreate(Body):
    """A schedule for a deployment.

    Attributes:
        schedule: When it makes runs.
        active: Whether it makes runs at all. Default: True.
        max_scheduled_runs: How many runs are kept scheduled ahead. Default: the server's own number.
        parameters: The parameters of its runs, over those of the deployment. Default: none.
        slug: Its name within the deployment.
        replaces: The slug of the schedule that it takes the place of, to rename it.
    """

    schedule: Schedule
    active: bool | UnsetType = UNSET
    max_scheduled_runs: int | UnsetType | None = UNSET
    parameters: JSON | UnsetType = UNSET
    slug: str | UnsetType | None = UNSET
    replaces: str | UnsetType | None = UNSET


class DeploymentScheduleUpdate(Body):
    """What changes in a schedule of a deployment. What is not given stays as it is.

    Attributes:
        schedule: When it makes runs.
        active: Whether it makes runs at all.
        max_scheduled_runs: How many runs are kept scheduled ahead.
        parameters: The parameters of its runs, over those of the deployment.
        slug: Its name within the deployment.
        replaces: The slug of the schedule that it takes the place of, to rename it.
    """

    schedule: Schedule | UnsetType | None = UNSET
    active: bool | UnsetType | None = UNSET
    max_scheduled_runs: int | UnsetType | None = UNSET
    parameters: JSON | UnsetType = UNSET
    slug: str | UnsetType | None = UNSET
    replaces: str | UnsetType | None = UNSET


class ScheduleDeployment(Body):
    """Which runs the schedules of a deployment are to make now.

    Attributes:
        start_time: Runs from this moment on. Default: now.
        end_time: Runs until this moment. Default: a server setting.
        min_time: Runs for at least this long after `start_time`: in seconds. Default: a server setting.
        min_runs: At least this many runs. Default: a server setting.
        max_runs: At most this many runs. Default: a server setting.
    """

    start_time: Timestamp | UnsetType = UNSET
    end_time: Timestamp | UnsetType = UNSET
    min_time: timedelta | float | UnsetType = UNSET
    min_runs: int | UnsetType = UNSET
    max_runs: int | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.min_time, timedelta):
            self.min_time = self.min_time.total_seconds()


class ScheduledRunsQuery(Body):
    """Which scheduled flow runs of deployments are asked for.

    Attributes:
        deployment_ids: The deployments.
        scheduled_before: Runs that are to start until this moment. Default: no bound.
        limit: At most this many runs. Default: the server's page size, usually 200.
    """

    deployment_ids: Sequence[Id]
    scheduled_before: Timestamp | UnsetType = UNSET
    limit: int | UnsetType = UNSET
