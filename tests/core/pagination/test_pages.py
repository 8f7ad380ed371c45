"""Rows come page after page, until the last or until enough."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from prefectkit.core.errors import ResponseDecodeError
from prefectkit.core.io import run
from prefectkit.core.pagination.pages import RepeatedPageDetector, every_row


class Query(msgspec.Struct, kw_only=True):
    name: str | UnsetType = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType = UNSET


class Server:
    """Has some rows, and gives a page of them."""

    def __init__(self, rows: int, page: int) -> None:
        self.rows = list(range(rows))
        self.page = page
        self.asked: list[dict[str, Any]] = []

    async def list(self, **fields: Any) -> list[int]:
        self.asked.append(fields)
        offset = fields["offset"]
        return self.rows[offset : offset + self.page]

    def iterate(self, query: Query) -> list[int]:
        async def collect() -> list[int]:
            return [row async for row in every_row(self.list, query)]

        return run(collect())


@pytest.mark.parametrize(
    ("rows", "limit", "given", "offsets"),
    [
        (0, UNSET, 0, [0]),
        (3, UNSET, 3, [0, 3]),
        (4, UNSET, 4, [0, 4]),
        (5, UNSET, 5, [0, 4]),
        (8, UNSET, 8, [0, 4, 8]),
        (9, None, 9, [0, 4, 8]),
        (9, 0, 0, []),
        (9, -1, 0, []),
        (9, 1, 1, [0]),
        (9, 4, 4, [0]),
        (9, 6, 6, [0, 4]),
        (9, 100, 9, [0, 4, 8]),
    ],
)
def test_no_page_more_than_it_takes(rows: int, limit: Any, given: int, offsets: list[int]) -> None:
    server = Server(rows, 4)
    assert server.iterate(Query(limit=limit)) == list(range(given))
    assert [fields["offset"] for fields in server.asked] == offsets


def test_the_query_is_the_same_for_each_page_and_asks_for_no_limit() -> None:
    server = Server(9, 4)
    assert server.iterate(Query(name="x", limit=6, offset=2)) == [2, 3, 4, 5, 6, 7]
    assert server.asked == [{"name": "x", "offset": 2}, {"name": "x", "offset": 6}]


def test_no_page_is_fetched_ahead() -> None:
    server = Server(9, 4)
    rows = every_row(server.list, Query())
    for _ in range(4):
        run(rows.__anext__())
    assert len(server.asked) == 1
    run(rows.__anext__())
    assert len(server.asked) == 2
    run(rows.aclose())


@given(rows=st.integers(0, 40), page=st.integers(1, 9), limit=st.none() | st.integers(0, 50), offset=st.integers(0, 45))
def test_every_row_once_and_in_order(rows: int, page: int, limit: int | None, offset: int) -> None:
    expected = list(range(rows))[offset:][:limit]
    assert Server(rows, page).iterate(Query(limit=limit, offset=offset)) == expected


class Repeating(Server):
    """Gives some pages over and over, whatever the offset."""

    def __init__(self, *pages: list[Any]) -> None:
        super().__init__(0, 0)
        self.pages = pages

    async def list(self, **fields: Any) -> list[Any]:
        self.asked.append(fields)
        return self.pages[(len(self.asked) - 1) % len(self.pages)]


class Thing(msgspec.Struct):
    id: int | None
    name: str = ""


@pytest.mark.parametrize(
    "page", [[1], [1, 2], [Thing(1)], [Thing(1), Thing(2)], [Thing(None, "a")], [{"id": 1}], [[1], [2]]]
)
def test_a_repeated_page_raises_after_its_rows(page: list[Any]) -> None:
    server = Repeating(page)
    rows = every_row(server.list, Query())
    assert [run(rows.__anext__()) for _ in page] == page
    with pytest.raises(ResponseDecodeError, match=f"the same page of {len(page)} rows again"):
        run(rows.__anext__())
    assert [fields["offset"] for fields in server.asked] == [0, len(page), 2 * len(page)]


def test_a_page_in_another_order_is_the_same() -> None:
    with pytest.raises(ResponseDecodeError):
        Repeating([1, 2, 3], [3, 1, 2], [2, 3, 1]).iterate(Query())


@pytest.mark.parametrize("length", range(1, 9))
@pytest.mark.parametrize("before", [0, 3])
def test_a_cycle_of_pages_raises(length: int, before: int) -> None:
    server = Repeating(*([number] for number in range(length)))
    first = [[-number - 1] for number in range(before)]

    async def list_(**fields: Any) -> list[Any]:
        return first.pop() if first else await server.list(**fields)

    async def collect() -> int:
        return len([row async for row in every_row(list_, Query())])

    with pytest.raises(ResponseDecodeError, match="the same page"):
        run(collect())
    assert len(server.asked) < 8 * (length + before)


def test_a_page_of_new_rows_is_not_a_cycle() -> None:
    pages = iter([[1, 2], [1, 2], [3, 4], [5]])

    async def list_(**fields: Any) -> list[int]:
        return next(pages)

    async def collect(limit: int | None) -> list[int]:
        return [row async for row in every_row(list_, Query(limit=limit))]

    assert run(collect(None)) == [1, 2, 1, 2, 3, 4, 5]
    pages = iter([[1, 2], [1, 2], [3, 4]])
    assert run(collect(5)) == [1, 2, 1, 2, 3]
    pages = iter([[1, 2], [1, 2], [3]])
    assert run(collect(None)) == [1, 2, 1, 2, 3]
    pages = iter([[1, 2], [1, 2], []])
    assert run(collect(None)) == [1, 2, 1, 2]


def test_one_page_is_remembered_however_many_there_are() -> None:
    repeats = RepeatedPageDetector(tolerated=0)
    for number in range(1000):
        assert not repeats.note([number])
    assert set(vars(repeats)) == {"_tolerated", "_page", "_repeats", "_age", "_span"}
    assert repeats._page == frozenset([510])
