from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import NotFound, UnaddressableNameError, UnprocessableEntity
from prefectkit.models.filters import (
    ArtifactCollectionFilter,
    ArtifactCollectionFilterKey,
    ArtifactFilter,
    ArtifactFilterKey,
)
from tests.resources.runs import new_run, record
from tests.resources.stored import slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    run, key = await new_run(client), slug()
    artifact = await client.artifacts.create(
        key=key, type="table", data=[{"a": 1}], description="old", metadata_={"b": "c"}, flow_run_id=run.id
    )
    assert sent.last == (
        "POST",
        "/artifacts/",
        {
            "key": key,
            "type": "table",
            "data": [{"a": 1}],
            "description": "old",
            "metadata_": {"b": "c"},
            "flow_run_id": str(run.id),
        },
    )
    read = await client.artifacts.read(str(artifact.id))
    assert (read.key, read.data, read.metadata_, read.flow_run_id) == (key, [{"a": 1}], {"b": "c"}, run.id)

    assert await client.artifacts.update(artifact.id, description=None, data="new") is None
    assert sent.last[2] == {"data": "new", "description": None}
    stored = await record(client, "/artifacts/{id}", artifact.id)
    assert (stored["data"], stored["description"], stored["metadata_"]) == ("new", None, {"b": "c"})

    assert await client.artifacts.delete(artifact.id) is None
    for call in (client.artifacts.read, client.artifacts.delete, client.artifacts.update):
        with pytest.raises(NotFound):
            await call(artifact.id)


async def test_versions_of_a_key(client: Awaited, sent: Sent) -> None:
    key = slug()
    first, second = [await client.artifacts.create(key=key, data=data) for data in ("1", "2")]
    read = await client.artifacts.read_latest(key)
    assert (read.key, read.data) == (key, "2")

    these = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
    assert await client.artifacts.count(artifacts=these) == 2
    page = await client.artifacts.list(artifacts=these, sort="ID_DESC", limit=1, offset=1)
    assert len(page) == 1
    assert sent.last[2] == {"artifacts": {"key": {"any_": [key]}}, "sort": "ID_DESC", "limit": 1, "offset": 1}
    assert {it.id async for it in client.artifacts.iterate(artifacts=these)} == {first.id, second.id}

    latest = ArtifactCollectionFilter(key=ArtifactCollectionFilterKey(any_=[key]))
    assert await client.artifacts.latest.count(artifacts=latest) == 1
    (row,) = await client.artifacts.latest.list(artifacts=latest, sort="KEY_ASC")
    assert (row.key, row.id, row.latest_id, row.data) == (key, read.id, second.id, "2")
    assert sent.last[1:] == ("/artifacts/latest/filter", {"artifacts": {"key": {"any_": [key]}}, "sort": "KEY_ASC"})
    assert [it.latest_id async for it in client.artifacts.latest.iterate(artifacts=latest)] == [second.id]


async def test_refusals(client: Awaited) -> None:
    with pytest.raises(UnprocessableEntity, match="lowercase"):
        await client.artifacts.create(key="Not A Slug")
    with pytest.raises(NotFound):
        await client.artifacts.read_latest(slug())
    with pytest.raises(UnaddressableNameError):
        await client.artifacts.read_latest("..")
    with pytest.raises(NotFound):
        await client.artifacts.read(uuid4())
