"""Functions that create artifacts, as `prefect.artifacts` has them.

Each blocks, or returns a coroutine where an event loop runs; those whose name begins with `a` are always awaited. In a
flow run or task run of Prefect's engine the artifact belongs to that run.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from prefectkit.compat.async_dispatch import async_dispatch, open_client
from prefectkit.compat.run_context import run_ids

if TYPE_CHECKING:
    from prefectkit.compat.client import PrefectClient, SyncPrefectClient

logger = logging.getLogger("prefectkit")


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
    return await _create("markdown", f"[{link_text or link}]({link})", key, description, client)


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
    return await _create("markdown", markdown, key, description)


async def acreate_table_artifact(
    table: dict[str, list[Any]] | list[dict[str, Any]] | list[list[Any]],
    key: str | None = None,
    description: str | None = None,
) -> UUID:
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
    return await _create("table", json.dumps(_without_nan(table)), key, description)


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
    return await _create("progress", _percentage(progress), key, description)


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
    changes: dict[str, Any] = {"data": _percentage(progress)}
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
    return await _create("image", image_url, key, description)


create_link_artifact = async_dispatch(acreate_link_artifact)
create_markdown_artifact = async_dispatch(acreate_markdown_artifact)
create_table_artifact = async_dispatch(acreate_table_artifact)
create_progress_artifact = async_dispatch(acreate_progress_artifact)
update_progress_artifact = async_dispatch(aupdate_progress_artifact)
create_image_artifact = async_dispatch(acreate_image_artifact)


async def _create(
    kind: str,
    data: str | float,
    key: str | None,
    description: str | None,
    client: PrefectClient | SyncPrefectClient | None = None,
) -> UUID:
    task_run_id, flow_run_id = run_ids()
    fields = {
        "type": kind,
        "key": key,
        "description": description,
        "data": data,
        "task_run_id": task_run_id,
        "flow_run_id": flow_run_id,
    }
    async with open_client(client) as opened:
        artifact = await opened.create_artifact({name: value for name, value in fields.items() if value is not None})
    return artifact.id


def _percentage(progress: float) -> float:
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
