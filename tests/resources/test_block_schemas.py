from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import InvalidParameterError, NotFound
from tests.resources.stored import login, new_block_type, schemas_of, slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    type_id, fields = (await new_block_type(client)).id, login(slug())
    schema = await client.block_schemas.create(
        block_type_id=type_id, fields=fields, capabilities=["write-path"], version="1.2"
    )
    assert sent.last == (
        "POST",
        "/block_schemas/",
        {"block_type_id": str(type_id), "fields": fields, "capabilities": ["write-path"], "version": "1.2"},
    )
    read = await client.block_schemas.read(schema.id)
    assert (read.fields, read.capabilities, read.version) == (fields, ["write-path"], "1.2")
    assert read.block_type is not None and read.block_type.id == type_id
    again = await client.block_schemas.create(
        block_type_id=type_id, fields=fields, capabilities=["write-path"], version="1.2"
    )
    assert again.id == schema.id
    other = (await new_block_type(client)).id
    same = await client.block_schemas.create(
        block_type_id=other, fields=fields, capabilities=["write-path"], version="1.2"
    )
    assert (same.id, same.block_type_id) == (schema.id, type_id)

    assert await client.block_schemas.delete(schema.id) is None
    for call in (client.block_schemas.read, client.block_schemas.delete):
        with pytest.raises(NotFound):
            await call(schema.id)


async def test_versions_of_a_checksum(client: Awaited, sent: Sent) -> None:
    type_id = (await new_block_type(client)).id
    fields = login(slug())
    old, new = [
        await client.block_schemas.create(block_type_id=type_id, fields=fields, version=version)
        for version in ("1", "2")
    ]
    assert old.checksum == new.checksum
    assert (await client.block_schemas.read_by_checksum(old.checksum, version="1")).id == old.id
    assert "?version=1" in sent.last[1]
    assert (await client.block_schemas.read_by_checksum(old.checksum)).id == new.id
    assert "?" not in sent.last[1]
    with pytest.raises(NotFound):
        await client.block_schemas.read_by_checksum(old.checksum, version="3")


async def test_list_and_iterate(client: Awaited, sent: Sent) -> None:
    type_id, fields = (await new_block_type(client)).id, login(slug())
    ids = {
        (await client.block_schemas.create(block_type_id=type_id, fields=fields, version=version)).id
        for version in ("1", "2", "3")
    }
    these = schemas_of(type_id)
    page = await client.block_schemas.list(block_schemas=these, limit=2, offset=1)
    assert len(page) == 2 and {it.id for it in page} < ids
    assert sent.last[2] == {"block_schemas": {"block_type_id": {"any_": [str(type_id)]}}, "limit": 2, "offset": 1}
    assert {it.id async for it in client.block_schemas.iterate(block_schemas=these)} == ids


async def test_refusals(client: Awaited) -> None:
    with pytest.raises(NotFound):
        await client.block_schemas.read(uuid4())
    with pytest.raises(InvalidParameterError):
        await client.block_schemas.create(block_type_id="no id", fields={})
