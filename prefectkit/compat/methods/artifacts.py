"""Artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, Unpack
from uuid import UUID

from prefectkit import models
from prefectkit.compat.arguments import ModelLike, fields_for
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectNotFound
from prefectkit.compat.name_checks import check_slug
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.artifacts import Artifact, ArtifactCollection, ArtifactCreate, ArtifactUpdate
    from prefectkit.models.filters import (
        ArtifactCollectionFilter,
        ArtifactCollectionSort,
        ArtifactFilter,
        ArtifactSort,
        FlowRunFilter,
        TaskRunFilter,
    )

_IN_THE_API = {
    "artifact_filter": "artifacts",
    "flow_run_filter": "flow_runs",
    "task_run_filter": "task_runs",
    "sort": "sort",
    "limit": "limit",
    "offset": "offset",
}


class BaseArtifactReadParams(TypedDict, total=False):
    """The common arguments of both lists of artifacts."""

    flow_run_filter: ModelLike[FlowRunFilter] | None
    task_run_filter: ModelLike[TaskRunFilter] | None
    limit: int | None
    offset: int


class ArtifactReadParams(BaseArtifactReadParams, total=False):
    """The arguments of `read_artifacts`."""

    artifact_filter: ModelLike[ArtifactFilter] | None
    sort: ArtifactSort | None


class ArtifactCollectionReadParams(BaseArtifactReadParams, total=False):
    """The arguments of `read_latest_artifacts`."""

    artifact_filter: ModelLike[ArtifactCollectionFilter] | None
    sort: ArtifactCollectionSort | None


class ArtifactMethods(MethodGroup[M]):
    """The flat methods about artifacts."""

    @client_method()
    async def create_artifact(self, artifact: ModelLike[ArtifactCreate]) -> Artifact:
        """Create an artifact.

        Args:
            artifact: An `ArtifactCreate`, or an artifact that was read.

        Raises:
            ValueError: The server does not accept the key.
        """
        fields = fields_for(artifact, models.ArtifactCreate)
        check_slug("key", fields.get("key"))
        return await self._api.artifacts.create(**fields)

    @client_method()
    async def update_artifact(self, artifact_id: UUID | str, artifact: ModelLike[ArtifactUpdate]) -> None:
        """Change an artifact.

        Args:
            artifact_id: The artifact's id.
            artifact: An `ArtifactUpdate`, or an artifact that was read; unset fields stay.

        Raises:
            PrefectHTTPStatusError: There is no such artifact.
        """
        return await self._api.artifacts.update(artifact_id, **fields_for(artifact, models.ArtifactUpdate))

    @client_method(not_found=ObjectNotFound)
    async def delete_artifact(self, artifact_id: UUID | str) -> None:
        """Delete an artifact.

        Args:
            artifact_id: The artifact's id.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.artifacts.delete(artifact_id)

    @client_method()
    async def read_artifacts(self, /, **kwargs: Unpack[ArtifactReadParams]) -> list[Artifact]:
        """List the artifacts that match all filters.

        Args:
            **kwargs: `artifact_filter`: which artifacts; `flow_run_filter`, `task_run_filter`: of which runs; `sort`:
                the order; `limit`: at most this many, by default the server's page size, usually 200; `offset`: how
                many to skip.
        """
        if unknown := _unknown_names(kwargs):
            self._warn(f"read_artifacts: of no effect: {unknown}; it takes {', '.join(_IN_THE_API)}")
        return await self._api.artifacts.list(**_query(kwargs))

    @client_method()
    async def read_latest_artifacts(
        self, /, **kwargs: Unpack[ArtifactCollectionReadParams]
    ) -> list[ArtifactCollection]:
        """List the latest artifact of each key for which all filters hold.

        Args:
            **kwargs: As in `read_artifacts`.
        """
        if unknown := _unknown_names(kwargs):
            self._warn(f"read_latest_artifacts: of no effect: {unknown}; it takes {', '.join(_IN_THE_API)}")
        return await self._api.artifacts.latest.list(**_query(kwargs))


def _unknown_names(params: ArtifactReadParams | ArtifactCollectionReadParams) -> str:
    return ", ".join(name for name in params if name not in _IN_THE_API)


def _query(params: ArtifactReadParams | ArtifactCollectionReadParams) -> dict[str, Any]:
    return {_IN_THE_API[name]: value for name, value in params.items() if name in _IN_THE_API and value is not None}
