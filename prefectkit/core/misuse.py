"""Errors for statements that only the other kind of client supports: `async for`, `with`, `await`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Generator, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeVar

T = TypeVar("T")


class SyncRows(Generic[T]):
    """The iterator that a blocking client returns. `close` ends it early."""

    def __init__(self, rows: Generator[T]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[T]:
        return self._rows

    def __next__(self) -> T:
        return next(self._rows)

    def throw(self, error: BaseException) -> T:
        """Raise an error inside the iterator."""
        return self._rows.throw(error)

    def close(self) -> None:
        """End the iteration."""
        self._rows.close()


class AsyncRows(Generic[T]):
    """The async iterator that an async client returns. `aclose` ends it early."""

    def __init__(self, rows: AsyncGenerator[T]) -> None:
        self._rows = rows

    def __aiter__(self) -> AsyncIterator[T]:
        return self._rows

    def __anext__(self) -> Awaitable[T]:
        return self._rows.__anext__()

    def athrow(self, error: BaseException) -> Awaitable[T]:
        """Raise an error inside the iterator."""
        return self._rows.athrow(error)

    async def aclose(self) -> None:
        """End the iteration."""
        await self._rows.aclose()

    if not TYPE_CHECKING:

        def __getitem__(self, index: object) -> NoReturn:
            # A plain `for` calls this, as there is no `__iter__` (which would make this an Iterable).
            raise not_iterable()


# The interpreter's own messages quote this name, and nothing else of the class: "'async for' requires an object with
# __aiter__ method, got ...", "object ... can't be used in 'await' expression".
SyncRows.__name__ = "iterator of Prefect, which blocks (`for`, not `async for`)"
AsyncRows.__name__ = "iterator of AsyncPrefect (`async for`, not `await`)"


def not_iterable() -> TypeError:
    """The error for a plain `for` over an async iterator."""
    return TypeError("AsyncPrefect iterates with `async for`, or `[row async for row in ...]`, not with a plain `for`")


class WrongStatementError(TypeError, AttributeError):
    """A statement that only the other kind of client supports."""


class Unsupported:
    """A special method that only the other kind of client has. Looking it up raises an error that says what to write.

    The error is an AttributeError, so that `hasattr` returns False.

    Args:
        message: What to write instead.
    """

    def __init__(self, message: str) -> None:
        self._message = message

    def __get__(self, instance: object, owner: object) -> Any:
        raise WrongStatementError(self._message)


class BlockingClient:
    """A mixin of blocking clients: the error of `async with` says what to write."""

    _blocking_class: ClassVar[bool] = True

    if not TYPE_CHECKING:
        __aenter__ = Unsupported("Prefect blocks: write `with Prefect(...)`, or `async with AsyncPrefect(...)`")


class AwaitedClient:
    """A mixin of async clients: the error of `with` says what to write."""

    if not TYPE_CHECKING:
        __enter__ = Unsupported("AsyncPrefect is awaited: write `async with AsyncPrefect(...)`, or `with Prefect(...)`")
