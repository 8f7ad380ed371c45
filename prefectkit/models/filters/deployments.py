"""Which deployments."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, OpenEnum
from prefectkit.models.filters.criteria import AnyOf, AnyOrNot, Combined, Name, Range, Tags


class DeploymentSort(OpenEnum):
    """The order of deployments."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"


class DeploymentFilterId(AnyOrNot[Id]):
    """By the id of the deployment."""


class DeploymentFilterName(Name):
    """By the name of the deployment."""


class DeploymentOrFlowNameFilter(Body):
    """By the name of the deployment or that of its flow.

    Attributes:
        like_: One of the two names contains this text, in upper or lower case.
    """

    like_: str | UnsetType | None = UNSET


class DeploymentFilterPaused(Body):
    """By whether the deployment is paused.

    Attributes:
        eq_: True: it is paused. False: it is not.
    """

    eq_: bool | UnsetType | None = UNSET


class DeploymentFilterTags(Tags):
    """By the tags of the deployment."""


class DeploymentFilterWorkQueueName(AnyOf[str]):
    """By the name of the work queue of the deployment."""


class DeploymentFilterConcurrencyLimit(Range):
    """By the concurrency limit of the deployment; today's servers ignore it.

    Attributes:
        ge_: The limit is this one or greater.
        le_: The limit is this one or less.
        is_null_: True: the deployment has no limit. False: it has one.
    """

    is_null_: bool | UnsetType | None = UNSET


class DeploymentFilter(Combined):
    """Which deployments.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the deployment.
        name: By the name of the deployment.
        flow_or_deployment_name: By the name of the deployment or that of its flow.
        paused: By whether it is paused.
        tags: By its tags.
        work_queue_name: By the name of its work queue.
        concurrency_limit: By its concurrency limit; today's servers ignore it.
    """

    id: DeploymentFilterId | UnsetType | None = UNSET
    name: DeploymentFilterName | UnsetType | None = UNSET
    flow_or_deployment_name: DeploymentOrFlowNameFilter | UnsetType | None = UNSET
    paused: DeploymentFilterPaused | UnsetType | None = UNSET
    tags: DeploymentFilterTags | UnsetType | None = UNSET
    work_queue_name: DeploymentFilterWorkQueueName | UnsetType | None = UNSET
    concurrency_limit: DeploymentFilterConcurrencyLimit | UnsetType | None = UNSET
