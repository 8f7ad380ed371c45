"""From pages to rows.

Pages are counted by offset, since the server leaves no better way: it sorts by one field without a tie-break, many rows
may share the value of that field, their order among each other is not fixed, and no filter says "after this row". A
start time, the field that runs could be paged by, also changes while they wait. So rows that vanish before the place
that was reached shift others past it unseen, and rows that appear there are followed by some that were seen. Who must
not miss any sorts so that new rows come last, or narrows the filter to a time that is over.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET

from prefectkit.core.concurrency.background import AsyncFunction, BackgroundTask, run_in_background
from prefectkit.core.errors import ResponseDecodeError
from prefectkit.core.io import IO
from prefectkit.core.serialization.walk import with_lists

T = TypeVar("T")

Rows: TypeAlias = list[T]
"""`list` by another name, for the annotations of a class that has a method `list`."""


class Page(NamedTuple, Generic[T]):
    """Some rows, and how to get those after them: None after the last."""

    rows: Sequence[T]
    following: AsyncFunction[Page[T]] | None


class RepeatedPageDetector:
    """Notices a server that gives the same pages for ever, by remembering one page at a time (Brent's algorithm).

    Args:
        tolerated: How often a page may come again. One counted by offset does where as many rows appear before it as it
            is long.
    """

    def __init__(self, tolerated: int) -> None:
        self._tolerated = tolerated
        self._page: object = None
        self._repeats = 0
        self._age = 0
        self._span: int = 1

    def note(self, rows: Sequence[Any]) -> bool:
        """Whether the page was there before.

        Raises:
            ResponseDecodeError: It was there too often.
        """
        page = _identity(rows)
        if page == self._page:
            self._repeats += 1
            if self._repeats > self._tolerated:
                raise ResponseDecodeError(
                    f"the server gave the same page of {len(rows)} rows again instead of the next one, and would do so "
                    "for ever: does something before it, a cache or a fake, ignore `offset` or the page token?"
                )
            return True
        self._age += 1
        if self._age == self._span:
            self._page, self._repeats, self._age = page, 0, 0
            self._span *= 2
        return False


def _identity(rows: Sequence[Any]) -> object:
    """What tells a page from others, in whatever order its rows are."""
    names = [row if (name := getattr(row, "id", None)) is None else name for row in rows]
    try:
        return frozenset(names)
    except TypeError:
        return names


async def rows_of(page: AsyncFunction[Page[T]] | None, ahead: IO | None) -> AsyncGenerator[T]:
    """Every row of a page, and of those that follow it.

    Args:
        page: Gets the first page.
        ahead: Where each further page is fetched while the rows of the one before are used. None: not until they are
            used up.
    """
    task: BackgroundTask[Page[T]] | None = None
    try:
        while page is not None:
            rows, page = await (page() if task is None else task.result())
            task = run_in_background(ahead, page) if ahead is not None and page is not None else None
            for row in rows:
                yield row
    finally:
        if task is not None:
            await task.stop()


def every_row(
    list_: Callable[..., Awaitable[Rows[T]]], query: msgspec.Struct, ahead: IO | None = None
) -> AsyncGenerator[T]:
    """Every row that a list method gives for a query, page after page; `ahead` as in `rows_of`.

    The server decides the page size: a limit above its own is refused with 422, so no limit is sent, and the query's
    `limit` counts the rows in all. A page that is shorter than the one before, or empty, is the last.

    Raises:
        InvalidParameterError: An iterator in the query yields nothing.
        ResponseDecodeError: The server gives the same pages over and over.
    """
    # Each page is asked for with the same filters.
    fields: dict[str, Any] = {name: with_lists(name, getattr(query, name)) for name in query.__struct_fields__}
    wanted: Any = fields.pop("limit", UNSET)
    left: float = float("inf") if wanted is UNSET or wanted is None else wanted

    repeats = RepeatedPageDetector(tolerated=1)

    async def fetch(offset: int, left: float, longest: int) -> Page[T]:
        rows = page = await list_(**fields, offset=offset)
        if rows and repeats.note(rows):
            # The page after it tells whether rows were added, or the server repeats itself.
            page = await list_(**fields, offset=offset + len(rows))
            repeats.note(page)
            rows = [*rows, *page]
        if left <= len(rows):
            return Page(rows[: int(left)], None)
        is_last = not page or len(page) < longest
        return Page(rows, None if is_last else partial(fetch, offset + len(rows), left - len(rows), len(page)))

    first = partial(fetch, fields.pop("offset", UNSET) or 0, left, 0)
    return rows_of(first if left > 0 else None, ahead)
