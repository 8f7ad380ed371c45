"""Branches of deployments. Only Prefect Cloud has them."""

from __future__ import annotations

from uuid import UUID

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Model, OpenEnum
from prefectkit.models.deployments import DeploymentUpdate


class BranchingScheduleHandling(OpenEnum):
    """How schedules are copied to the branch: active, not at all, or inactive."""

    KEEP = "keep"
    REMOVE = "remove"
    INACTIVE = "inactive"


class DeploymentBranchingOptions(Body):
    """Options for the creation of a branch.

    Attributes:
        schedule_handling: How schedules are copied to the branch. Default: `remove`.
    """

    schedule_handling: BranchingScheduleHandling | str | UnsetType = UNSET


class DeploymentBranch(Body):
    """A branch of a deployment to create.

    Attributes:
        branch: The name of the branch, not blank.
        options: Options for the creation of the branch. Default: without schedules.
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
