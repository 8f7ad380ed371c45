"""Which artifacts, and which of the latest ones by key."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Id, OpenEnum
from prefectkit.models.filters.criteria import AnyOf, AnyOrNot, Combined, Name


class ArtifactSort(OpenEnum):
    """The order of artifacts."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    ID_DESC = "ID_DESC"
    KEY_DESC = "KEY_DESC"
    KEY_ASC = "KEY_ASC"


class ArtifactCollectionSort(OpenEnum):
    """The order of the latest artifacts by key."""

    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    ID_DESC = "ID_DESC"
    KEY_DESC = "KEY_DESC"
    KEY_ASC = "KEY_ASC"


class ArtifactFilterId(AnyOf[Id]):
    """By the id of the artifact."""


class ArtifactFilterKey(Name):
    """By the key of the artifact.

    Attributes:
        any_: The key is one of these.
        like_: The key contains this text, in upper or lower case.
        exists_: True: the artifact has a key. False: it has none.
    """

    exists_: bool | UnsetType | None = UNSET


class ArtifactFilterFlowRunId(AnyOf[Id]):
    """By the flow run that made the artifact."""


class ArtifactFilterTaskRunId(AnyOf[Id]):
    """By the task run that made the artifact."""


class ArtifactFilterType(AnyOrNot[str]):
    """By the type of the artifact, such as `markdown` or `table`."""


class ArtifactFilter(Combined):
    """Which artifacts.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the artifact.
        key: By its key.
        flow_run_id: By the flow run that made it.
        task_run_id: By the task run that made it.
        type: By its type.
    """

    id: ArtifactFilterId | UnsetType | None = UNSET
    key: ArtifactFilterKey | UnsetType | None = UNSET
    flow_run_id: ArtifactFilterFlowRunId | UnsetType | None = UNSET
    task_run_id: ArtifactFilterTaskRunId | UnsetType | None = UNSET
    type: ArtifactFilterType | UnsetType | None = UNSET


class ArtifactCollectionFilterLatestId(AnyOf[Id]):
    """By the id of the latest artifact with the key."""


class ArtifactCollectionFilterKey(ArtifactFilterKey):
    """By the key of the artifact."""


class ArtifactCollectionFilterFlowRunId(AnyOf[Id]):
    """By the flow run that made the latest artifact with the key."""


class ArtifactCollectionFilterTaskRunId(AnyOf[Id]):
    """By the task run that made the latest artifact with the key."""


class ArtifactCollectionFilterType(AnyOrNot[str]):
    """By the type of the latest artifact with the key, such as `markdown` or `table`."""


class ArtifactCollectionFilter(Combined):
    """Which of the latest artifacts by key.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        latest_id: By the id of the latest artifact with the key.
        key: By the key.
        flow_run_id: By the flow run that made it.
        task_run_id: By the task run that made it.
        type: By its type.
    """

    latest_id: ArtifactCollectionFilterLatestId | UnsetType | None = UNSET
    key: ArtifactCollectionFilterKey | UnsetType | None = UNSET
    flow_run_id: ArtifactCollectionFilterFlowRunId | UnsetType | None = UNSET
    task_run_id: ArtifactCollectionFilterTaskRunId | UnsetType | None = UNSET
    type: ArtifactCollectionFilterType | UnsetType | None = UNSET
