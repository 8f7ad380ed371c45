"""Service level agreements of deployments. Only Prefect Cloud has them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import Body, Model, OpenEnum


class SlaSeverity(OpenEnum):
    """How much a broken agreement matters."""

    MINOR = "minor"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


class ServiceLevelAgreement(Body):
    """The fields of every agreement.

    Attributes:
        name: The name, one of its kind in the deployment.
        severity: How much it matters. Default: moderate.
        enabled: Whether it is watched. Default: True.
    """

    name: str
    severity: SlaSeverity | str | UnsetType = UNSET
    enabled: bool | UnsetType | None = UNSET


class TimeToCompletionSla(ServiceLevelAgreement):
    """Runs end in time.

    Attributes:
        duration: The longest that a run may take, in seconds.
    """

    duration: int


class FrequencySla(ServiceLevelAgreement):
    """Runs complete often enough.

    Attributes:
        stale_after: The longest time from one completed run to the next; seconds, or a timedelta, which is turned into
            seconds.
    """

    stale_after: timedelta | float

    def __post_init__(self) -> None:
        if isinstance(self.stale_after, timedelta):
            self.stale_after = self.stale_after.total_seconds()


class LatenessSla(ServiceLevelAgreement):
    """Runs start in time.

    Attributes:
        within: The longest time from when a run is due to when it starts; seconds, or a timedelta, which is turned into
            seconds.
    """

    within: timedelta | float

    def __post_init__(self) -> None:
        if isinstance(self.within, timedelta):
            self.within = self.within.total_seconds()


SlaTypes: TypeAlias = TimeToCompletionSla | FrequencySla | LatenessSla


class SlaMergeResponse(Model):
    """The result of applying the agreements of a resource.

    Attributes:
        created: Those that are new.
        updated: Those that were changed.
        deleted: Those that are gone, since they were not in the list.
    """

    created: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    updated: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    deleted: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def owned_by(resource_id: str, slas: list[SlaTypes]) -> list[dict[str, Any]]:
    """The agreements in the form that the API accepts: each names the resource that it belongs to."""
    return [{**msgspec.to_builtins(sla), "owner_resource": resource_id} for sla in slas]
