"""Artifacts: results of runs for people to read, such as tables and links."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, Id, OrText, Stored
from prefectkit.models.filters.artifacts import (
    ArtifactCollectionFilter,
    ArtifactCollectionSort,
    ArtifactFilter,
    ArtifactSort,
)
from prefectkit.models.selections import Selection


class Artifact(Stored):
    """An artifact of a run: a table, a Markdown text, a link, a progress or a result.

    Attributes:
        key: The key that all versions of the artifact share. None: it has no versions.
        type: What `data` is, such as `markdown`, `table` or `progress`.
        description: A description, in Markdown.
        data: The content, as JSON; its shape depends on `type`.
        metadata_: Notes of the user about it.
        flow_run_id: The flow run that made it.
        task_run_id: The task run that made it.
    """

    key: str | None = None
    type: str | None = None
    description: str | None = None
    data: Any = None
    metadata_: dict[str, str] | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None


class ArtifactCollection(Artifact):
    """The artifacts that share a key, shown by the latest of them.

    Attributes:
        latest_id: The id of the latest artifact with the key.
    """

    latest_id: UUID | None = None


class ArtifactUpdate(Body):
    """The changes to an artifact.

    Attributes:
        data: The content, as JSON. Default: unchanged.
        description: A description, in Markdown. Default: unchanged.
        metadata_: Metadata, as JSON. Default: unchanged.
    """

    data: Any = UNSET
    description: str | UnsetType | None = UNSET
    metadata_: dict[str, str] | UnsetType | None = UNSET


class ArtifactCreate(ArtifactUpdate):
    """An artifact to create. The server makes a new one each time it is sent.

    Attributes:
        key: The key that later versions share, of lower-case letters, digits and dashes. Default: none.
        type: What `data` is, such as `markdown`, `table` or `progress`.
        description: A description, in Markdown.
        data: The content, as JSON; its shape depends on `type`.
        metadata_: Metadata, as JSON.
        flow_run_id: The id of the flow run that creates it.
        task_run_id: The id of the task run that creates it.
    """

    key: str | UnsetType | None = UNSET
    type: str | UnsetType | None = UNSET
    flow_run_id: Id | UnsetType | None = UNSET
    task_run_id: Id | UnsetType | None = UNSET


class ArtifactSelection(Selection):
    """Which artifacts to count.

    Attributes:
        artifacts: A filter on the artifacts. Default: all.
        flow_runs: A filter on the flow run that created it. Default: any.
        task_runs: A filter on the task run that created it. Default: any.
        flows: A filter on the flow. Default: any.
        deployments: A filter on the deployment. Default: any.
    """

    artifacts: ArtifactFilter | UnsetType | None = UNSET


class ArtifactQuery(ArtifactSelection):
    """Which artifacts to read.

    Attributes:
        artifacts: A filter on the artifacts. Default: all.
        flow_runs: A filter on the flow run that created it. Default: any.
        task_runs: A filter on the task run that created it. Default: any.
        flows: A filter on the flow. Default: any.
        deployments: A filter on the deployment. Default: any.
        sort: The order. Default: `ID_DESC`; ids are random, so it is none of time.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    sort: OrText[ArtifactSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET


class ArtifactCollectionSelection(Selection):
    """Which of the latest artifacts by key to count.

    Attributes:
        artifacts: A filter on the artifacts. Default: all.
        flow_runs: A filter on the flow run that created it. Default: any.
        task_runs: A filter on the task run that created it. Default: any.
        flows: A filter on the flow. Default: any.
        deployments: A filter on the deployment. Default: any.
    """

    artifacts: ArtifactCollectionFilter | UnsetType | None = UNSET


class ArtifactCollectionQuery(ArtifactCollectionSelection):
    """Which of the latest artifacts by key to read.

    Attributes:
        artifacts: A filter on the artifacts. Default: all.
        flow_runs: A filter on the flow run that created it. Default: any.
        task_runs: A filter on the task run that created it. Default: any.
        flows: A filter on the flow. Default: any.
        deployments: A filter on the deployment. Default: any.
        sort: The order. Default: `ID_DESC`; ids are random, so it is none of time.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    sort: OrText[ArtifactCollectionSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET
