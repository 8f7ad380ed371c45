"""Pagination: page after page of a list, as one iterator of rows.

Pages are requested by offset, as the API has no cursor: it sorts by one field without a tie-break, rows with equal
values have no fixed order, and no filter means "after this row". So if rows disappear before the current offset, later
rows are skipped; if rows are added before it, some rows are returned twice. To miss no row, sort so that new rows come
last, or filter for a time range in the past.
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
    """Some rows, and a function that fetches the next page; None after the last page."""

    rows: Sequence[T]
    following: AsyncFunction[Page[T]] | None


class RepeatedPageDetector:
    """Detects a server that repeats the same pages for ever. It stores one page at a time (Brent's algorithm).

    Args:
        tolerated: How often a page may be repeated. By offset, a page repeats if a page of rows was added before it.
    """

    def __init__(self, tolerated: int) -> None:
        self._tolerated = tolerated
        self._page: object = None
        self._repeats = 0
        self._age = 0
        self._span: int = 1

    def note(self, rows: Sequence[Any]) -> bool:
        """Return whether the page is a repetition.

        Raises:
            ResponseDecodeError: It was repeated too often.
        """
        page = _identity(rows)
        if page == self._page:
            self._repeats += 1
            if self._repeats > self._tolerated:
                raise ResponseDecodeError(
                    f"the server returned the same page of {len(rows)} rows again instead of the next one: "
                    "does something before it, a cache or a fake, ignore `offset` or the page token?"
                )
            return True
        self._age += 1
        if self._age == self._span:
            self._page, self._repeats, self._age = page, 0, 0
            self._span *= 2
        return False


def _identity(rows: Sequence[Any]) -> object:
    """The identity of a page, independent of the order of its rows."""
    names = [row if (name := getattr(row, "id", None)) is None else name for row in rows]
    try:
        return frozenset(names)
    except TypeError:
        return names


async def rows_of(page: AsyncFunction[Page[T]] | None, ahead: IO | None) -> AsyncGenerator[T]:
    """Every row of a page, and of the pages after it.

    Args:
        page: Fetches the first page.
        ahead: The I/O for prefetching the next page while the rows of the current one are used; None for no prefetch.
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
    """Every row that a list method returns for a query, page after page; `ahead` as in `rows_of`.

    The server sets the page size: it refuses a larger limit with 422. So no limit is sent, and the query's `limit` is
    the total number of rows. A page that is shorter than the one before, or empty, is the last.

    Raises:
        InvalidParameterError: An iterator in the query yields nothing.
        ResponseDecodeError: The server repeats the same pages.
    """
    # Each page is asked for with the same filters.
    fields: dict[str, Any] = {name: with_lists(name, getattr(query, name)) for name in query.__struct_fields__}
    wanted: Any = fields.pop("limit", UNSET)
    left: float = float("inf") if wanted is UNSET or wanted is None else wanted

    repeats = RepeatedPageDetector(tolerated=1)

    async def fetch(offset: int, left: float, longest: int) -> Page[T]:
        rows = page = await list_(**fields, offset=offset)
        if rows and repeats.note(rows):
            # The next page shows whether rows were added, or the server repeats its pages.
            page = await list_(**fields, offset=offset + len(rows))
            repeats.note(page)
            rows = [*rows, *page]
        if left <= len(rows):
            return Page(rows[: int(left)], None)
        is_last = not page or len(page) < longest
        return Page(rows, None if is_last else partial(fetch, offset + len(rows), left - len(rows), len(page)))

    first = partial(fetch, fields.pop("offset", UNSET) or 0, left, 0)
    return rows_of(first if left > 0 else None, ahead)
