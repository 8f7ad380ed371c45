"""The iterators of both clients, and what one reads who uses the other client's statement."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Generator, Iterable, Iterator
from typing import Any
from unittest.mock import MagicMock

import pytest

from prefectkit.core.misuse import AsyncRows, SyncRows, Unsupported, WrongStatementError

LOOP_AND_AWAIT = pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])


def numbers(ends: list[str]) -> Generator[int]:
    try:
        yield from (1, 2, 3)
    finally:
        ends.append("end")


async def awaited_numbers(ends: list[str]) -> AsyncGenerator[int]:
    try:
        for number in (1, 2, 3):
            yield number
    finally:
        ends.append("end")


def test_an_iterator_that_blocks() -> None:
    ends: list[str] = []
    rows = SyncRows(numbers(ends))
    assert next(rows) == 1
    assert list(rows) == [2, 3]
    assert next(rows, None) is None
    assert isinstance(rows, Iterator) and not isinstance(rows, AsyncIterable)
    left = SyncRows(numbers(ends))
    next(left)
    left.close()
    broken = SyncRows(numbers(ends))
    next(broken)
    with pytest.raises(KeyError):
        broken.throw(KeyError())
    assert ends == ["end", "end", "end"]


def test_a_loop_that_is_left_ends_the_iteration() -> None:
    ends: list[str] = []
    for _ in SyncRows(numbers(ends)):
        break
    assert ends == ["end"]


@LOOP_AND_AWAIT
@pytest.mark.anyio
async def test_an_iterator_to_await() -> None:
    ends: list[str] = []
    rows = AsyncRows(awaited_numbers(ends))
    assert await anext(rows) == 1
    assert [row async for row in rows] == [2, 3]
    assert isinstance(rows, AsyncIterator) and not isinstance(rows, Iterable)
    async with contextlib.aclosing(AsyncRows(awaited_numbers(ends))) as left:
        assert await anext(left) == 1
    broken = AsyncRows(awaited_numbers(ends))
    await anext(broken)
    with pytest.raises(KeyError):
        await broken.athrow(KeyError())
    assert ends == ["end", "end", "end"]


@LOOP_AND_AWAIT
@pytest.mark.anyio
async def test_the_loop_of_the_other_client_is_named() -> None:
    rows: Any = SyncRows(numbers([]))
    with pytest.raises(TypeError, match=r"got iterator of Prefect, which blocks \(`for`, not `async for`\)"):
        async for _ in rows:
            pass
    awaited: Any = AsyncRows(awaited_numbers([]))
    with pytest.raises(TypeError, match=r"iterator of AsyncPrefect \(`async for`, not `await`\)"):
        await awaited
    for use in (list, iter, lambda rows: rows[0]):
        with pytest.raises(TypeError, match=r"AsyncPrefect iterates with `async for`"):
            use(awaited) if use is not iter else next(iter(awaited))


class Blocking:
    __aenter__ = Unsupported("write `with`")

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@LOOP_AND_AWAIT
@pytest.mark.anyio
async def test_the_statement_of_the_other_client_is_named() -> None:
    client: Any = Blocking()
    with pytest.raises(TypeError, match=r"^write `with`$") as caught:
        async with client:
            pass
    assert isinstance(caught.value, WrongStatementError)


def test_hasattr_is_false_for_an_unsupported_method() -> None:
    assert not hasattr(Blocking(), "__aenter__")
    assert not hasattr(Blocking, "__aenter__")
    assert isinstance(Blocking(), contextlib.AbstractContextManager)
    assert not isinstance(Blocking(), contextlib.AbstractAsyncContextManager)
    assert not hasattr(MagicMock(spec=Blocking), "__aexit__")
