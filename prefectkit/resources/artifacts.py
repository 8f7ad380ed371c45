"""Artifacts: `client.artifacts`, and the latest of each key: `client.artifacts.latest`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cached_property
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, stream
from prefectkit.core.keywords import keywords
from prefectkit.core.paging import Rows, every_row
from prefectkit.core.retry import Replay
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

    @endpoint("POST", "/artifacts/latest/filter", Replay.READ)
    @keywords(ArtifactCollectionQuery)
    async def list(self, query: ArtifactCollectionQuery) -> Rows[ArtifactCollection]:
        """List one page of latest artifacts (`POST /artifacts/latest/filter`).

        Args:
            flows: Those made by runs of these flows. Default: of any.
            flow_runs: Those made by these flow runs. Default: by any.
            task_runs: Those made by these task runs. Default: by any.
            deployments: Those made by runs of these deployments. Default: of any.
            artifacts: Those that this filter lets through. Default: all.
            sort: Their order. Default: `ID_DESC`.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the most.
            offset: How many rows to skip. Default: 0.

        Returns:
            The latest artifacts of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` is above the server's own.
        """
        return await self._call(Rows[ArtifactCollection], body=query)

    @stream
    @keywords(ArtifactCollectionQuery)
    def iterate(self: LatestArtifacts[Async], query: ArtifactCollectionQuery) -> AsyncIterator[ArtifactCollection]:
        """Go through all latest artifacts, page after page (`POST /artifacts/latest/filter`).

        Latest artifacts that appear or vanish meanwhile may be missed or seen twice, as pages are counted by offset.

        Args:
            flows: Those made by runs of these flows. Default: of any.
            flow_runs: Those made by these flow runs. Default: by any.
            task_runs: Those made by these task runs. Default: by any.
            deployments: Those made by runs of these deployments. Default: of any.
            artifacts: Those that this filter lets through. Default: all.
            sort: Their order. Default: `ID_DESC`.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The latest artifacts.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/artifacts/latest/count", Replay.READ)
    @keywords(ArtifactCollectionSelection)
    async def count(self, selection: ArtifactCollectionSelection) -> int:
        """Count keys that have an artifact (`POST /artifacts/latest/count`).

        Args:
            flows: Those made by runs of these flows. Default: of any.
            flow_runs: Those made by these flow runs. Default: by any.
            task_runs: Those made by these task runs. Default: by any.
            deployments: Those made by runs of these deployments. Default: of any.
            artifacts: Those that this filter lets through. Default: all.

        Returns:
            How many there are.
        """
        return await self._call(int, body=selection)


class Artifacts(Resource[M]):
    """Artifacts: what runs leave for people to read."""

    group = "artifacts"

    @cached_property
    def latest(self) -> LatestArtifacts[M]:
        """The latest artifact of each key."""
        return LatestArtifacts(self)

    @endpoint("POST", "/artifacts/", Replay.NEVER)
    @keywords(ArtifactCreate)
    async def create(self, artifact: ArtifactCreate) -> Artifact:
        """Create an artifact (`POST /artifacts/`).

        Args:
            data: The content, as JSON; its shape depends on `type`.
            description: A text about it, in Markdown.
            metadata_: Notes about it.
            key: The name that its later versions share, of lower-case letters, digits and dashes. Default: it stands
                alone.
            type: What `data` is, such as `markdown`, `table` or `progress`.
            flow_run_id: The flow run that makes it.
            task_run_id: The task run that makes it.

        Returns:
            The artifact.

        Raises:
            UnprocessableEntity: The server refuses a field.
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
            NotFound: There is none.
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
            NotFound: There is none.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(Artifact, key=artifact_key)

    @endpoint("PATCH", "/artifacts/{id:uuid}", Replay.IDEMPOTENT)
    @keywords(ArtifactUpdate)
    async def update(self, artifact_id: UUID | str, artifact: ArtifactUpdate) -> None:
        """Change an artifact; what is not given stays (`PATCH /artifacts/{id}`).

        Args:
            artifact_id: The artifact's id.
            data: The content, as JSON. Default: left as it is.
            description: A text about it, in Markdown. Default: left as it is.
            metadata_: Notes about it. Default: left as they are.

        Raises:
            NotFound: There is none.
        """
        return await self._call(type(None), id=artifact_id, body=artifact)

    @endpoint("DELETE", "/artifacts/{id:uuid}")
    async def delete(self, artifact_id: UUID | str) -> None:
        """Delete an artifact (`DELETE /artifacts/{id}`).

        Args:
            artifact_id: The artifact's id.

        Raises:
            NotFound: There is none.
        """
        return await self._call(type(None), id=artifact_id)

    @endpoint("POST", "/artifacts/filter", Replay.READ)
    @keywords(ArtifactQuery)
    async def list(self, query: ArtifactQuery) -> Rows[Artifact]:
        """List one page of artifacts (`POST /artifacts/filter`).

        Args:
            flows: Those made by runs of these flows. Default: of any.
            flow_runs: Those made by these flow runs. Default: by any.
            task_runs: Those made by these task runs. Default: by any.
            deployments: Those made by runs of these deployments. Default: of any.
            artifacts: Those that this filter lets through. Default: all.
            sort: Their order. Default: `ID_DESC`.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the most.
            offset: How many rows to skip. Default: 0.

        Returns:
            The artifacts of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` is above the server's own.
        """
        return await self._call(Rows[Artifact], body=query)

    @stream
    @keywords(ArtifactQuery)
    def iterate(self: Artifacts[Async], query: ArtifactQuery) -> AsyncIterator[Artifact]:
        """Go through all artifacts, page after page (`POST /artifacts/filter`).

        Artifacts that appear or vanish meanwhile may be missed or seen twice, as pages are counted by offset.

        Args:
            flows: Those made by runs of these flows. Default: of any.
            flow_runs: Those made by these flow runs. Default: by any.
            task_runs: Those made by these task runs. Default: by any.
            deployments: Those made by runs of these deployments. Default: of any.
            artifacts: Those that this filter lets through. Default: all.
            sort: Their order. Default: `ID_DESC`.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The artifacts.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/artifacts/count", Replay.READ)
    @keywords(ArtifactSelection)
    async def count(self, selection: ArtifactSelection) -> int:
        """Count artifacts (`POST /artifacts/count`).

        Args:
            flows: Those made by runs of these flows. Default: of any.
            flow_runs: Those made by these flow runs. Default: by any.
            task_runs: Those made by these task runs. Default: by any.
            deployments: Those made by runs of these deployments. Default: of any.
            artifacts: Those that this filter lets through. Default: all.

        Returns:
            How many there are.
        """
        return await self._call(int, body=selection)
