from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from prefectkit.errors import Conflict, NotFound, UnaddressableNameError, UnprocessableEntity
from prefectkit.models.filters import VariableFilter, VariableFilterName, VariableFilterTags
from tests.resources.runs import record
from tests.resources.stored import AWKWARD, slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio

VALUE: Any = {"a": [1, 2.5, None, True, "ü☃😀"], "b": {}}


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    name = slug()
    variable = await client.variables.create(name=name, value=VALUE, tags=["a"])
    assert sent.last == ("POST", "/variables/", {"name": name, "value": VALUE, "tags": ["a"]})
    for read in (await client.variables.read(variable.id), await client.variables.read_by_name(name)):
        assert (read.id, read.name, read.value, read.tags) == (variable.id, name, VALUE, ["a"])
    with pytest.raises(Conflict):
        await client.variables.create(name=name, value=1)

    assert await client.variables.update(variable.id, value=None) is None
    assert sent.last[2] == {"value": None}
    stored = await record(client, "/variables/{id}", variable.id)
    assert (stored["name"], stored["value"], stored["tags"]) == (name, None, ["a"])
    assert await client.variables.update_by_name(name, name=f"{name}-new", tags=[]) is None
    assert sent.last == ("PATCH", f"/variables/name/{name}", {"name": f"{name}-new", "tags": []})
    stored = await record(client, "/variables/{id}", variable.id)
    assert (stored["name"], stored["value"], stored["tags"]) == (f"{name}-new", None, [])

    assert await client.variables.delete(variable.id) is None
    for call in (client.variables.read, client.variables.delete, client.variables.update):
        with pytest.raises(NotFound):
            await call(variable.id)
    await client.variables.create(name=name, value=0)
    assert await client.variables.delete_by_name(name) is None
    for call in (client.variables.read_by_name, client.variables.delete_by_name, client.variables.update_by_name):
        with pytest.raises(NotFound):
            await call(name)


async def test_list_iterate_and_count(client: Awaited, sent: Sent) -> None:
    tag = slug()
    names = sorted([(await client.variables.create(name=slug(), value=1, tags=[tag])).name for _ in range(3)])
    these = VariableFilter(tags=VariableFilterTags(all_=[tag]))
    assert await client.variables.count(variables=these) == 3
    page = await client.variables.list(variables=these, sort="NAME_DESC", limit=2, offset=1)
    assert [it.name for it in page] == names[1::-1]
    assert sent.last[2] == {"variables": {"tags": {"all_": [tag]}}, "sort": "NAME_DESC", "limit": 2, "offset": 1}
    assert [it.name async for it in client.variables.iterate(variables=these, sort="NAME_ASC")] == names
    assert [it.name async for it in client.variables.iterate(variables=these, sort="NAME_ASC", limit=2)] == names[:2]
    like = VariableFilter(name=VariableFilterName(like_=names[0][:20]))
    assert names[0] in [it.name for it in await client.variables.list(variables=like)]


async def test_refusals(client: Awaited, sent: Sent) -> None:
    for name in AWKWARD:
        with pytest.raises(UnprocessableEntity, match="lowercase"):
            await client.variables.create(name=name, value=1)
        with pytest.raises(NotFound):
            await client.variables.read_by_name(name)
    before = len(sent.requests)
    for name in ("..", ".", "", "a/b", "../../flows"):
        with pytest.raises(UnaddressableNameError):
            await client.variables.delete_by_name(name)
    assert len(sent.requests) == before
    with pytest.raises(UnprocessableEntity, match="5000"):
        await client.variables.create(name=slug(), value="x" * 5001)
    with pytest.raises(NotFound):
        await client.variables.read(uuid4())
