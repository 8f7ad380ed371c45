"""Artifacts of each type, to be created, as `prefect.artifacts` has them."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from uuid import UUID

from prefectkit.compat.async_dispatch import async_class_method, async_dispatch, open_client
from prefectkit.compat.run_context import run_ids
from prefectkit.models.base import Model
from prefectkit.models.filters.artifacts import ArtifactSort

if TYPE_CHECKING:
    from prefectkit.compat.client import PrefectClient, SyncPrefectClient
    from prefectkit.models import artifacts as models

logger = logging.getLogger("prefectkit")

Table: TypeAlias = dict[str, list[Any]] | list[dict[str, Any]] | list[list[Any]]
"""A dict of columns, a list of dicts, or a list of rows."""


class Artifact(Model):
    """An artifact to create. The subclasses have a type and content of their own.

    Attributes:
        type: What `data` is, such as `markdown` or `table`.
        key: The key, of lower-case letters, digits and dashes; without one it is not listed with the artifacts.
        description: A text in Markdown.
        data: The content, which is stored as the text of its JSON.
        metadata_: Notes about it; they are not stored, as with Prefect's own.
        flow_run_id: The flow run that it belongs to. Default: the current one of Prefect's engine.
        task_run_id: The task run that it belongs to. Default: the current one of Prefect's engine.
    """

    type: str | None = None
    key: str | None = None
    description: str | None = None
    data: Any = None
    metadata_: dict[str, str] | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None

    async def acreate(self, client: PrefectClient | SyncPrefectClient | None = None) -> models.Artifact:
        """Create it (`POST /artifacts/`).

        Args:
            client: The client to use. Default: that of `get_client`.

        Returns:
            The artifact as it is stored.

        Raises:
            TypeError: The content has a value that cannot be represented in JSON.
            PrefectHTTPStatusError: The server refuses the key.
        """
        task_run_id, flow_run_id = run_ids()
        fields = {
            "type": self.type,
            "key": self.key,
            "description": self.description,
            "data": self._content(),
            "task_run_id": self.task_run_id or task_run_id,
            "flow_run_id": self.flow_run_id or flow_run_id,
        }
        async with open_client(client) as opened:
            return await opened.create_artifact({name: value for name, value in fields.items() if value is not None})

    @async_class_method
    async def aget(
        cls, key: str | None = None, client: PrefectClient | SyncPrefectClient | None = None
    ) -> models.Artifact | None:
        """Read the artifact that was updated last (`POST /artifacts/filter`).

        Args:
            key: Its key. Default: any.
            client: The client to use. Default: that of `get_client`.

        Returns:
            None if there is none.
        """
        by_key: Any = None if key is None else {"key": {"any_": [key]}}
        async with open_client(client) as opened:
            found = await opened.read_artifacts(artifact_filter=by_key, sort=ArtifactSort.UPDATED_DESC, limit=1)
        return found[0] if found else None

    @async_class_method
    async def aget_or_create(
        cls,
        /,
        key: str | None = None,
        description: str | None = None,
        data: Any = None,
        client: PrefectClient | SyncPrefectClient | None = None,
        **kwargs: Any,
    ) -> tuple[models.Artifact, bool]:
        """Read the artifact that was updated last, or create one (`POST /artifacts/filter`, `POST /artifacts/`).

        Args:
            key: Its key.
            description: That of a new one.
            data: That of a new one.
            client: The client to use. Default: that of `get_client`.
            **kwargs: Other fields of a new one.

        Returns:
            The artifact, and whether it is new.
        """
        found = await cls.aget(key, client)
        if found is not None:
            return found, False
        return await cast(Any, cls)(key=key, description=description, data=data, **kwargs).acreate(client), True

    async def aformat(self) -> Any:
        """The content as it is sent."""
        return self._content()

    create = async_dispatch(acreate)
    get = async_dispatch(aget)
    get_or_create = async_dispatch(aget_or_create)
    format = async_dispatch(aformat)

    def _content(self) -> Any:
        return json.dumps(self.data)


class LinkArtifact(Artifact):
    """A link.

    Attributes:
        link: The URL.
        link_text: The text of the link. Default: the URL.
    """

    link: str
    link_text: str | None = None
    type: str | None = "markdown"

    def _content(self) -> str:
        return f"[{self.link_text or self.link}]({self.link})"


class MarkdownArtifact(Artifact):
    """A text.

    Attributes:
        markdown: The text, in Markdown.
    """

    markdown: str
    type: str | None = "markdown"

    def _content(self) -> str:
        return self.markdown


class TableArtifact(Artifact):
    """A table.

    Attributes:
        table: A dict of columns, a list of dicts, or a list of rows. NaN is sent as null.
    """

    table: Table
    type: str | None = "table"

    def _content(self) -> str:
        return json.dumps(_without_nan(self.table))


class ProgressArtifact(Artifact):
    """A progress.

    Attributes:
        progress: The percentage, from 0 to 100. One outside is sent as the nearest of them, with a warning on the log.
    """

    progress: float
    type: str | None = "progress"

    def _content(self) -> float:
        return percentage(self.progress)


class ImageArtifact(Artifact):
    """An image.

    Attributes:
        image_url: The public URL of the image.
    """

    image_url: str
    type: str | None = "image"

    def _content(self) -> str:
        return self.image_url


def percentage(progress: float) -> float:
    """The progress; one that is no percentage as the nearest that is, with a warning on the log."""
    nearest = max(0.0, min(progress, 100.0))
    if nearest != progress:
        logger.warning("a progress of %s%% is not between 0 and 100: it is sent as %s%%", progress, nearest)
    return float(nearest)


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in cast("list[Any]", value)]
    return None if isinstance(value, float) and math.isnan(value) else value
