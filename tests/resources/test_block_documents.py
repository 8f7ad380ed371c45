from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import Conflict, NotFound, UnprocessableEntity
from prefectkit.models import BlockDocument
from prefectkit.models.filters import (
    BlockDocumentFilter,
    BlockDocumentFilterBlockTypeId,
    BlockDocumentFilterIsAnonymous,
    BlockTypeFilter,
    BlockTypeFilterSlug,
)
from tests.resources.runs import record
from tests.resources.stored import new_block_schema
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio

LOGIN = {"user": "me", "password": "hunter2"}
MASK = "********"


async def new_document(client: Awaited) -> BlockDocument:
    schema = await new_block_schema(client)
    return await client.block_documents.create(
        name="it", block_type_id=schema.block_type_id, block_schema_id=schema.id, data=LOGIN
    )


async def test_from_creation_to_deletion(client: Awaited, sent: Sent) -> None:
    document = await new_document(client)
    assert document.block_type is not None
    assert sent.last == (
        "POST",
        "/block_documents/",
        {
            "name": "it",
            "block_type_id": str(document.block_type_id),
            "block_schema_id": str(document.block_schema_id),
            "data": LOGIN,
        },
    )
    with pytest.raises(Conflict):
        await client.block_documents.create(
            name="it", block_type_id=document.block_type_id, block_schema_id=document.block_schema_id
        )

    assert await client.block_documents.update(document.id, data={"user": "you"}) is None
    read = await client.block_documents.read(document.id, include_secrets=True)
    assert (read.data, read.is_anonymous) == (LOGIN | {"user": "you"}, False)
    assert await client.block_documents.update(document.id, data={"user": "x"}, merge_existing_data=False) is None
    assert sent.last[2] == {"data": {"user": "x"}, "merge_existing_data": False}
    assert (await record(client, "/block_documents/{id}", document.id))["data"] == {"user": "x"}

    assert await client.block_documents.delete(document.id) is None
    for call in (client.block_documents.read, client.block_documents.delete, client.block_documents.update):
        with pytest.raises(NotFound):
            await call(document.id)


async def test_secrets_are_included_on_request(client: Awaited, sent: Sent) -> None:
    document = await new_document(client)
    slug = document.block_type.slug if document.block_type else ""
    these = BlockDocumentFilter(block_type_id=BlockDocumentFilterBlockTypeId(any_=[document.block_type_id]))

    assert (await client.block_documents.read(document.id)).data == LOGIN | {"password": MASK}
    assert sent.last[1].endswith("?include_secrets=false")
    assert (await client.block_documents.read_by_name(slug, "it")).data["password"] == MASK
    assert [it.data["password"] for it in await client.block_documents.list_by_type(slug)] == [MASK]
    assert [it.data["password"] for it in await client.block_documents.list(block_documents=these)] == [MASK]

    shown = await client.block_documents.read(document.id, include_secrets=True)
    assert shown.data == LOGIN and "hunter2" not in repr(shown)
    assert (await client.block_documents.read_by_name(slug, "it", include_secrets=True)).data == LOGIN
    assert sent.last[1].endswith("/block_documents/name/it?include_secrets=true")
    assert [it.data for it in await client.block_documents.list_by_type(slug, include_secrets=True)] == [LOGIN]
    listed = await client.block_documents.list(block_documents=these, include_secrets=True)
    assert [it.data for it in listed] == [LOGIN]


async def test_list_iterate_and_count(client: Awaited, sent: Sent) -> None:
    schema = await new_block_schema(client)
    for name in ("a", "b", "c", None):
        await client.block_documents.create(
            name=name, is_anonymous=not name, block_type_id=schema.block_type_id, block_schema_id=schema.id
        )
    slug = schema.block_type.slug if schema.block_type else ""
    types = BlockTypeFilter(slug=BlockTypeFilterSlug(any_=[slug]))
    assert await client.block_documents.count(block_types=types) == 3
    page = await client.block_documents.list(block_types=types, sort="NAME_DESC", limit=2, offset=1)
    assert [it.name for it in page] == ["b", "a"]
    assert sent.last[2] == {"block_types": {"slug": {"any_": [slug]}}, "sort": "NAME_DESC", "limit": 2, "offset": 1}
    assert [it.name async for it in client.block_documents.iterate(block_types=types)] == ["a", "b", "c"]
    nameless = BlockDocumentFilter(is_anonymous=BlockDocumentFilterIsAnonymous(eq_=True))
    assert await client.block_documents.count(block_types=types, block_documents=nameless) == 1


async def test_refusals(client: Awaited) -> None:
    schema = await new_block_schema(client)
    slug = schema.block_type.slug if schema.block_type else ""
    with pytest.raises(NotFound):
        await client.block_documents.read(uuid4())
    with pytest.raises(NotFound):
        await client.block_documents.read_by_name(slug, "it")
    with pytest.raises(NotFound):
        await client.block_documents.list_by_type("no-such-type")
    with pytest.raises(UnprocessableEntity, match="lowercase"):
        await client.block_documents.create(
            name="Not A Slug", block_type_id=schema.block_type_id, block_schema_id=schema.id
        )
