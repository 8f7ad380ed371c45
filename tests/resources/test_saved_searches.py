from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import NotFound, UnprocessableEntity
from prefectkit.models import SavedSearchFilter
from tests.resources.stored import slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


def named(value: object) -> SavedSearchFilter:
    return SavedSearchFilter(object="flow_run", property="name", type="string", operation="equals", value=value)


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    name = slug()
    search = await client.saved_searches.create(name=name, filters=[named("a"), named(["b", None])])
    criterion = {"object": "flow_run", "property": "name", "type": "string", "operation": "equals"}
    assert sent.last == (
        "PUT",
        "/saved_searches/",
        {"name": name, "filters": [criterion | {"value": "a"}, criterion | {"value": ["b", None]}]},
    )
    read = await client.saved_searches.read(search.id)
    assert (read.name, [it.value for it in read.filters]) == (name, ["a", ["b", None]])
    again = await client.saved_searches.create(name=name, filters=[named("c")])
    assert (again.id, again.filters) == (search.id, [named("c")])

    assert await client.saved_searches.delete(search.id) is None
    for call in (client.saved_searches.read, client.saved_searches.delete):
        with pytest.raises(NotFound):
            await call(search.id)


async def test_list_and_iterate(client: Awaited, sent: Sent) -> None:
    names = {(await client.saved_searches.create(name=slug())).name for _ in range(3)}
    everything = [it.name async for it in client.saved_searches.iterate()]
    assert names <= {*everything}
    page = await client.saved_searches.list(limit=2, offset=1)
    assert sent.last == ("POST", "/saved_searches/filter", {"limit": 2, "offset": 1})
    assert [it.name for it in page] == everything[1:3]
    with pytest.raises(UnprocessableEntity):
        await client.saved_searches.list(limit=100_000)
    with pytest.raises(NotFound):
        await client.saved_searches.read(uuid4())
