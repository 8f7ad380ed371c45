"""Branches of deployments. Only Prefect Cloud has them."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Model, OpenEnum
from prefectkit.models.deployments import DeploymentUpdate


class BranchingScheduleHandling(OpenEnum):
    """What becomes of the schedules in the branch: it has them too, it has none, or it has them switched off."""

    KEEP = "keep"
    REMOVE = "remove"
    INACTIVE = "inactive"


class DeploymentBranchingOptions(Body):
    """How to branch.

    Attributes:
        schedule_handling: What becomes of the schedules in the branch. Default: `remove`.
    """

    schedule_handling: BranchingScheduleHandling | str | UnsetType = UNSET


class DeploymentBranch(Body):
    """A branch of a deployment to create.

    Attributes:
        branch: The name of the branch, not blank.
        options: How to branch. Default: without schedules.
        overrides: What differs in the branch. Default: none.
    """

    branch: str
    options: DeploymentBranchingOptions | UnsetType = UNSET
    overrides: DeploymentUpdate | UnsetType | None = UNSET


class DeploymentBranchResponse(Model):
    """The branch that was created.

    Attributes:
        id: The id of the new deployment.
    """

    id: UUID
