"""The schedules of a deployment, and what is asked about the runs that they make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Id, Query, Stored, Timestamp, Variant
from prefectkit.models.schedules import Schedule, as_schedule


class DeploymentSchedule(Stored):
    """A schedule of a deployment.

    Attributes:
        deployment_id: The deployment it belongs to.
        schedule: When it creates runs: an interval, a cron or an rrule schedule.
        active: Whether it creates runs.
        max_scheduled_runs: The maximum number of runs scheduled ahead. None: that of the server's settings.
        parameters: Parameters of its runs; they override those of the deployment.
        slug: A name for the schedule, unique within the deployment.
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
        schedule: When it creates runs: an interval, a cron or an rrule schedule.
        active: Whether it creates runs. Default: True.
        max_scheduled_runs: The maximum number of runs scheduled ahead. Default: that of the server's settings.
        parameters: Parameters of its runs; they override those of the deployment. Default: none.
        slug: A name for the schedule, unique within the deployment.
        replaces: The slug of the schedule to replace, which renames it.
    """

    schedule: Schedule
    active: bool | UnsetType = UNSET
    max_scheduled_runs: int | UnsetType | None = UNSET
    parameters: JSON | UnsetType = UNSET
    slug: str | UnsetType | None = UNSET
    replaces: str | UnsetType | None = UNSET


class DeploymentScheduleUpdate(Body):
    """The changes to a schedule of a deployment. Fields not given stay unchanged.

    Attributes:
        schedule: When it creates runs: an interval, a cron or an rrule schedule.
        active: Whether it creates runs.
        max_scheduled_runs: How many runs are scheduled ahead at most.
        parameters: Parameters of its runs; they override those of the deployment.
        slug: A name for the schedule, unique within the deployment.
        replaces: The slug of the schedule to replace, which renames it.
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
        start_time: The earliest time to schedule a run for. Default: now.
        end_time: The latest time to schedule a run for. Default: a server setting, 100 days after `start_time`.
        min_time: How far past `start_time` to schedule runs at least: a duration, or its seconds. Default: a server
            setting, 1 hour.
        min_runs: Schedule at least this many runs. Default: a server setting, 3.
        max_runs: Schedule at most this many runs. Default: a server setting, 100.
    """

    start_time: Timestamp | UnsetType = UNSET
    end_time: Timestamp | UnsetType = UNSET
    min_time: timedelta | float | UnsetType = UNSET
    min_runs: int | UnsetType = UNSET
    max_runs: int | UnsetType = UNSET

    def __post_init__(self) -> None:
        if isinstance(self.min_time, timedelta):
            self.min_time = self.min_time.total_seconds()


class ScheduledRunsQuery(Query):
    """Which scheduled flow runs of deployments are asked for.

    Attributes:
        deployment_ids: The ids of the deployments.
        scheduled_before: Only runs scheduled for this moment or earlier. Default: all.
        limit: At most this many flow runs. Default: the server's page size, usually 200, which is also the maximum.
    """

    deployment_ids: Sequence[Id]
    scheduled_before: Timestamp | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
