"""Fixtures and helpers for the tests of blocks, events and work pools."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

from prefectkit import Prefect
from prefectkit.models import BlockSchema, BlockType, Event
from prefectkit.models.filters import BlockSchemaFilter, BlockSchemaFilterBlockTypeId, EventFilter, EventIDFilter
from tests.surfaces import Awaited

RESULT_STORAGE = "local-file-system"

# Each of them means something else in a URL than in a name, and the server lets pools, queues and limits be called so.
AWKWARD = [" a#b c+d ", "a?b=c;d", "ünïcödé ☃ 😀", "a\\b:c@d|^`{}[]'\"!$*(),~"]
FORBIDDEN = ["100%", "%2e%2e", "a%2Fb", "a&b=c", "a/b", "<a>"]


def slug(text: str = "it") -> str:
    """A name of its own that any route takes."""
    return f"{text}-{uuid4()}"


def login(title: str) -> dict[str, Any]:
    """The fields of a schema. The server knows it by these alone, whatever its type, so that the title is its own."""
    return {
        "title": title,
        "type": "object",
        "properties": {"user": {"type": "string"}, "password": {"type": "string", "format": "password"}},
        "secret_fields": ["password"],
        "block_schema_references": {},
    }


async def new_block_type(client: Awaited, **fields: Any) -> BlockType:
    name = slug()
    return await client.block_types.create(**{"name": name, "slug": name} | fields)


async def new_block_schema(client: Awaited, **fields: Any) -> BlockSchema:
    block_type = await new_block_type(client)
    own = {"block_type_id": block_type.id, "fields": login(block_type.name)}
    return await client.block_schemas.create(**own | fields)


def schemas_of(block_type_id: Any) -> BlockSchemaFilter:
    return BlockSchemaFilter(block_type_id=BlockSchemaFilterBlockTypeId(any_=[block_type_id]))


def stored_events(client: Prefect) -> None:
    """Wait until the server has stored every event that it has been sent: it does so in batches, in order."""
    # As many as a batch has, so that the first of them need not wait for more.
    marks = [Event(event="mark", resource={"prefect.resource.id": f"mark.{uuid4()}"}) for _ in range(20)]
    client.events.create(marks)
    first = EventFilter(id=EventIDFilter(id=[marks[0].id]))
    for _ in range(600):
        if client.events.list(filter=first).total:
            return
        time.sleep(0.02)
    raise AssertionError("the server has not stored the events")
