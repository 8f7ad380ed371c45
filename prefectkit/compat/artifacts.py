"""Artifacts, and functions that create them, as `prefect.artifacts` has them.

Each blocks, or returns a coroutine where an event loop runs; those whose name begins with `a` are always awaited. In a
flow run or task run of Prefect's engine the artifact belongs to that run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefectkit.compat.artifact_types import (
    Artifact,
    ImageArtifact,
    LinkArtifact,
    MarkdownArtifact,
    ProgressArtifact,
    Table,
    TableArtifact,
    percentage,
)
from prefectkit.compat.async_dispatch import async_dispatch, open_client

if TYPE_CHECKING:
    from prefectkit.compat.client import PrefectClient, SyncPrefectClient

__all__ = [
    "Artifact",
    "ImageArtifact",
    "LinkArtifact",
    "MarkdownArtifact",
    "ProgressArtifact",
    "TableArtifact",
    "acreate_image_artifact",
    "acreate_link_artifact",
    "acreate_markdown_artifact",
    "acreate_progress_artifact",
    "acreate_table_artifact",
    "aupdate_progress_artifact",
    "create_image_artifact",
    "create_link_artifact",
    "create_markdown_artifact",
    "create_progress_artifact",
    "create_table_artifact",
    "update_progress_artifact",
]


async def acreate_link_artifact(
    link: str,
    link_text: str | None = None,
    key: str | None = None,
    description: str | None = None,
    client: PrefectClient | SyncPrefectClient | None = None,
) -> UUID:
    """Create an artifact that links to a URL (`POST /artifacts/`).

    Args:
        link: The URL.
        link_text: The text of the link. Default: the URL.
        key: The key, of lower-case letters, digits and dashes; without one it is not listed with the artifacts.
        description: A text in Markdown.
        client: The client to use. Default: that of `get_client`.

    Returns:
        The artifact's id.

    Raises:
        PrefectHTTPStatusError: The server refuses the key.
    """
    artifact = LinkArtifact(link=link, link_text=link_text, key=key, description=description)
    return (await artifact.acreate(client)).id


async def acreate_markdown_artifact(markdown: str, key: str | None = None, description: str | None = None) -> UUID:
    """Create an artifact of Markdown (`POST /artifacts/`).

    Args:
        markdown: The text.
        key: The key, of lower-case letters, digits and dashes; without one it is not listed with the artifacts.
        description: A text in Markdown.

    Returns:
        The artifact's id.

    Raises:
        PrefectHTTPStatusError: The server refuses the key.
    """
    return (await MarkdownArtifact(markdown=markdown, key=key, description=description).acreate()).id


async def acreate_table_artifact(table: Table, key: str | None = None, description: str | None = None) -> UUID:
    """Create an artifact of a table (`POST /artifacts/`).

    Args:
        table: A dict of columns, a list of dicts, or a list of rows. NaN is sent as null.
        key: The key, of lower-case letters, digits and dashes; without one it is not listed with the artifacts.
        description: A text in Markdown.

    Returns:
        The artifact's id.

    Raises:
        TypeError: The table has a value that cannot be represented in JSON.
        PrefectHTTPStatusError: The server refuses the key.
    """
    return (await TableArtifact(table=table, key=key, description=description).acreate()).id


async def acreate_progress_artifact(progress: float, key: str | None = None, description: str | None = None) -> UUID:
    """Create an artifact that shows progress (`POST /artifacts/`).

    Args:
        progress: The percentage, from 0 to 100. One outside is sent as the nearest of them, with a warning on the log.
        key: The key, of lower-case letters, digits and dashes; without one it is not listed with the artifacts.
        description: A text in Markdown.

    Returns:
        The artifact's id, for `update_progress_artifact`.

    Raises:
        PrefectHTTPStatusError: The server refuses the key.
    """
    return (await ProgressArtifact(progress=progress, key=key, description=description).acreate()).id


async def aupdate_progress_artifact(
    artifact_id: UUID,
    progress: float,
    description: str | None = None,
    client: PrefectClient | SyncPrefectClient | None = None,
) -> UUID:
    """Update the progress that an artifact shows (`PATCH /artifacts/{id}`).

    Args:
        artifact_id: The artifact's id.
        progress: The percentage, from 0 to 100. One outside is sent as the nearest of them, with a warning on the log.
        description: A text in Markdown. Default: unchanged.
        client: The client to use. Default: that of `get_client`.

    Returns:
        The artifact's id.

    Raises:
        PrefectHTTPStatusError: There is no such artifact.
    """
    changes: dict[str, Any] = {"data": percentage(progress)}
    if description:
        changes["description"] = description
    async with open_client(client) as opened:
        await opened.update_artifact(artifact_id, changes)
    return artifact_id


async def acreate_image_artifact(image_url: str, key: str | None = None, description: str | None = None) -> UUID:
    """Create an artifact that shows an image (`POST /artifacts/`).

    Args:
        image_url: The public URL of the image.
        key: The key, of lower-case letters, digits and dashes; without one it is not listed with the artifacts.
        description: A text in Markdown.

    Returns:
        The artifact's id.

    Raises:
        PrefectHTTPStatusError: The server refuses the key.
    """
    return (await ImageArtifact(image_url=image_url, key=key, description=description).acreate()).id


create_link_artifact = async_dispatch(acreate_link_artifact)
create_markdown_artifact = async_dispatch(acreate_markdown_artifact)
create_table_artifact = async_dispatch(acreate_table_artifact)
create_progress_artifact = async_dispatch(acreate_progress_artifact)
update_progress_artifact = async_dispatch(aupdate_progress_artifact)
create_image_artifact = async_dispatch(acreate_image_artifact)
