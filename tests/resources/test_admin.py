from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import NotFound, UnprocessableEntity
from tests.resources.stored import RESULT_STORAGE, new_block_schema, schemas_of, slug
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


async def test_settings(client: Awaited) -> None:
    settings = await client.admin.read_settings()
    assert settings["server"]["analytics_enabled"] is False


async def test_storage(client: Awaited, sent: Sent) -> None:
    await client.block_types.install_system_block_types()
    kind = await client.block_types.read_by_slug(RESULT_STORAGE)
    schema = (await client.block_schemas.list(block_schemas=schemas_of(kind.id)))[0]
    block = await client.block_documents.create(name=slug(), block_type_id=kind.id, block_schema_id=schema.id)

    stored = await client.admin.update_storage(default_result_storage_block_id=block.id)
    assert sent.last == ("PUT", "/admin/storage", {"default_result_storage_block_id": str(block.id)})
    assert stored.default_result_storage_block_id == block.id
    assert (await client.admin.read_storage()).default_result_storage_block_id == block.id
    assert await client.admin.clear_storage() is None
    assert (await client.admin.read_storage()).default_result_storage_block_id is None
    assert await client.admin.clear_storage() is None


async def test_storage_refuses(client: Awaited) -> None:
    with pytest.raises(NotFound):
        await client.admin.update_storage(default_result_storage_block_id=uuid4())
    schema = await new_block_schema(client)
    stores_nothing = await client.block_documents.create(
        name=slug(), block_type_id=schema.block_type_id, block_schema_id=schema.id
    )
    with pytest.raises(UnprocessableEntity):
        await client.admin.update_storage(default_result_storage_block_id=stores_nothing.id)
