from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import Conflict, Forbidden, NotFound, UnprocessableEntity
from prefectkit.models.filters import (
    BlockSchemaFilter,
    BlockSchemaFilterCapabilities,
    BlockTypeFilter,
    BlockTypeFilterName,
    BlockTypeFilterSlug,
)
from tests.resources.runs import record
from tests.resources.stored import new_block_schema, new_block_type, slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    name = slug()
    block_type = await client.block_types.create(name=f"The {name}", slug=name, description="old", code_example="x()")
    assert sent.last == (
        "POST",
        "/block_types/",
        {"name": f"The {name}", "slug": name, "description": "old", "code_example": "x()"},
    )
    for read in (await client.block_types.read(block_type.id), await client.block_types.read_by_slug(name)):
        assert (read.id, read.name, read.slug, read.is_protected) == (block_type.id, f"The {name}", name, False)
    with pytest.raises(Conflict):
        await client.block_types.create(name=f"The {name}", slug=name)

    assert (
        await client.block_types.update(block_type.id, description="new", logo_url="https://prefect.test/a.png") is None
    )
    stored = await record(client, "/block_types/{id}", block_type.id)
    assert (stored["description"], stored["logo_url"]) == ("new", "https://prefect.test/a.png")

    assert await client.block_types.delete(block_type.id) is None
    for call in (client.block_types.read, client.block_types.delete, client.block_types.update):
        with pytest.raises(NotFound):
            await call(block_type.id)


async def test_list_and_iterate(client: Awaited, sent: Sent) -> None:
    names = sorted([(await new_block_type(client)).name for _ in range(3)])
    these = BlockTypeFilter(slug=BlockTypeFilterSlug(any_=names))
    page = await client.block_types.list(block_types=these, limit=2, offset=1)
    assert [it.name for it in page] == names[1:]
    assert sent.last[2] == {"block_types": {"slug": {"any_": names}}, "limit": 2, "offset": 1}
    assert [it.name async for it in client.block_types.iterate(block_types=these)] == names
    like = BlockTypeFilter(name=BlockTypeFilterName(like_=names[0].upper()))
    assert [it.name for it in await client.block_types.list(block_types=like)] == names[:1]


async def test_capabilities(client: Awaited) -> None:
    capability = slug("can")
    schema = await new_block_schema(client, capabilities=[capability])
    assert capability in await client.block_capabilities.list()
    able = BlockSchemaFilter(block_capabilities=BlockSchemaFilterCapabilities(all_=[capability]))
    assert [it.id for it in await client.block_types.list(block_schemas=able)] == [schema.block_type_id]


async def test_types_of_the_server(client: Awaited) -> None:
    assert await client.block_types.install_system_block_types() is None
    secret = await client.block_types.read_by_slug("secret")
    assert secret.is_protected
    with pytest.raises(Forbidden):
        await client.block_types.delete(secret.id)
    with pytest.raises(Forbidden):
        await client.block_types.create(name=slug("Prefect"), slug=slug())


async def test_refusals(client: Awaited) -> None:
    with pytest.raises(UnprocessableEntity, match="lowercase"):
        await client.block_types.create(name=slug(), slug="Not A Slug")
    with pytest.raises(NotFound):
        await client.block_types.read_by_slug(slug())
    with pytest.raises(NotFound):
        await client.block_types.read(uuid4())
