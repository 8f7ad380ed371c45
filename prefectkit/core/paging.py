"""From pages to rows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET

T = TypeVar("T")

Rows: TypeAlias = list[T]
"""`list` by another name, for the annotations of a class that has a method `list`."""


async def every_row(list_: Callable[..., Awaitable[Rows[T]]], query: msgspec.Struct) -> AsyncGenerator[T]:
    """Every row that a list method gives for a query, page after page.

    The server decides how long a page is: asked for more than its own limit it answers 422, so no limit is sent, and
    the query's `limit` counts the rows in all. A page shorter than the one before is the last; so is an empty one.
    """
    fields: dict[str, Any] = {name: getattr(query, name) for name in query.__struct_fields__}
    wanted: Any = fields.pop("limit", UNSET)
    left: float = float("inf") if wanted is UNSET or wanted is None else wanted
    offset: int = fields.pop("offset", UNSET) or 0
    longest = 0
    while left > 0:
        page = await list_(**fields, offset=offset)
        for row in page[: int(left)] if left < len(page) else page:
            yield row
        if not page or len(page) < longest:
            return
        longest = len(page)
        offset += len(page)
        left -= len(page)
