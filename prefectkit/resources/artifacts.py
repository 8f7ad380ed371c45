"""Artifacts: `client.artifacts`, and the latest of each key: `client.artifacts.latest`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.lazy_property import lazy_property
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.artifacts import (
    Artifact,
    ArtifactCollection,
    ArtifactCollectionQuery,
    ArtifactCollectionSelection,
    ArtifactCreate,
    ArtifactQuery,
    ArtifactSelection,
    ArtifactUpdate,
)


class LatestArtifacts(Resource[M]):
    """The latest artifact of each key."""

    group = "artifacts.latest"

    @endpoint("POST", "/artifacts/latest/filter", RetrySafety.READ)
    @keywords(ArtifactCollectionQuery)
    async def list(self, query: ArtifactCollectionQuery) -> Rows[ArtifactCollection]:
        """List one page of latest artifacts (`POST /artifacts/latest/filter`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow run that created it. Default: any.
            task_runs: A filter on the task run that created it. Default: any.
            deployments: A filter on the deployment. Default: any.
            artifacts: A filter on the artifacts. Default: all.
            sort: The order. Default: `ID_DESC`; ids are random, so it is none of time.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The latest artifacts of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[ArtifactCollection], body=query)

    @iterating
    @keywords(ArtifactCollectionQuery)
    def iterate(self: LatestArtifacts[Async], query: ArtifactCollectionQuery) -> AsyncIterator[ArtifactCollection]:
        """Iterate over all latest artifacts, page after page (`POST /artifacts/latest/filter`).

        Latest artifacts created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow run that created it. Default: any.
            task_runs: A filter on the task run that created it. Default: any.
            deployments: A filter on the deployment. Default: any.
            artifacts: A filter on the artifacts. Default: all.
            sort: The order. Default: `ID_DESC`; ids are random, so it is none of time.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The latest artifacts.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/artifacts/latest/count", RetrySafety.READ)
    @keywords(ArtifactCollectionSelection)
    async def count(self, selection: ArtifactCollectionSelection) -> int:
        """Count keys that have an artifact (`POST /artifacts/latest/count`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow run that created it. Default: any.
            task_runs: A filter on the task run that created it. Default: any.
            deployments: A filter on the deployment. Default: any.
            artifacts: A filter on the artifacts. Default: all.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)


class Artifacts(Resource[M]):
    """Artifacts: tables, texts, links, images and progress that runs publish."""

    group = "artifacts"

    @lazy_property
    def latest(self) -> LatestArtifacts[M]:
        """The latest artifact of each key."""
        return LatestArtifacts(self)

    @endpoint("POST", "/artifacts/", RetrySafety.NEVER)
    @keywords(ArtifactCreate)
    async def create(self, artifact: ArtifactCreate) -> Artifact:
        """Create an artifact (`POST /artifacts/`).

        Args:
            data: The content, as JSON; its shape depends on `type`.
            description: A description, in Markdown.
            metadata_: Metadata, as JSON.
            key: The key that later versions share, of lower-case letters, digits and dashes. Default: none.
            type: What `data` is, such as `markdown`, `table` or `progress`.
            flow_run_id: The id of the flow run that creates it.
            task_run_id: The id of the task run that creates it.

        Returns:
            The artifact.

        Raises:
            UnprocessableEntity: The server rejects a field.
        """
        return await self._call(Artifact, body=artifact)

    @endpoint("GET", "/artifacts/{id:uuid}")
    async def read(self, artifact_id: UUID | str) -> Artifact:
        """Read an artifact (`GET /artifacts/{id}`).

        Args:
            artifact_id: The artifact's id.

        Returns:
            The artifact.

        Raises:
            NotFound: There is no such artifact.
        """
        return await self._call(Artifact, id=artifact_id)

    @endpoint("GET", "/artifacts/{key}/latest")
    async def read_latest(self, artifact_key: str) -> Artifact:
        """Read the latest artifact of a key (`GET /artifacts/{key}/latest`).

        Args:
            artifact_key: The artifact's key.

        Returns:
            The artifact, under the id of the key, which `read` does not know. `client.artifacts.latest` has both ids.

        Raises:
            NotFound: There is no such artifact.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(Artifact, key=artifact_key)

    @endpoint("PATCH", "/artifacts/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(ArtifactUpdate)
    async def update(self, artifact_id: UUID | str, artifact: ArtifactUpdate) -> None:
        """Update an artifact (`PATCH /artifacts/{id}`). Fields not given stay unchanged.

        Args:
            artifact_id: The artifact's id.
            data: The content, as JSON. Default: unchanged.
            description: A description, in Markdown. Default: unchanged.
            metadata_: Metadata, as JSON. Default: unchanged.

        Raises:
            NotFound: There is no such artifact.
        """
        return await self._call(type(None), id=artifact_id, body=artifact)

    @endpoint("DELETE", "/artifacts/{id:uuid}")
    async def delete(self, artifact_id: UUID | str) -> None:
        """Delete an artifact (`DELETE /artifacts/{id}`).

        Args:
            artifact_id: The artifact's id.

        Raises:
            NotFound: There is no such artifact.
        """
        return await self._call(type(None), id=artifact_id)

    @endpoint("POST", "/artifacts/filter", RetrySafety.READ)
    @keywords(ArtifactQuery)
    async def list(self, query: ArtifactQuery) -> Rows[Artifact]:
        """List one page of artifacts (`POST /artifacts/filter`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow run that created it. Default: any.
            task_runs: A filter on the task run that created it. Default: any.
            deployments: A filter on the deployment. Default: any.
            artifacts: A filter on the artifacts. Default: all.
            sort: The order. Default: `ID_DESC`; ids are random, so it is none of time.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The artifacts of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[Artifact], body=query)

    @iterating
    @keywords(ArtifactQuery)
    def iterate(self: Artifacts[Async], query: ArtifactQuery) -> AsyncIterator[Artifact]:
        """Iterate over all artifacts, page after page (`POST /artifacts/filter`).

        Artifacts created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow run that created it. Default: any.
            task_runs: A filter on the task run that created it. Default: any.
            deployments: A filter on the deployment. Default: any.
            artifacts: A filter on the artifacts. Default: all.
            sort: The order. Default: `ID_DESC`; ids are random, so it is none of time.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The artifacts.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/artifacts/count", RetrySafety.READ)
    @keywords(ArtifactSelection)
    async def count(self, selection: ArtifactSelection) -> int:
        """Count artifacts (`POST /artifacts/count`).

        Args:
            flows: A filter on the flow. Default: any.
            flow_runs: A filter on the flow run that created it. Default: any.
            task_runs: A filter on the task run that created it. Default: any.
            deployments: A filter on the deployment. Default: any.
            artifacts: A filter on the artifacts. Default: all.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)
