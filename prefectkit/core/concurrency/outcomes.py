"""What a bulk gives its caller: the outcome of each call, one after the other, or all results."""

from __future__ import annotations

import warnings
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Self, TypeVar, cast

from prefectkit.core.errors import BulkError
from prefectkit.core.io import iterate_blocking
from prefectkit.core.misuse import not_iterable

A = TypeVar("A")
T = TypeVar("T")


class Outcome(Generic[A, T]):
    """What became of one call.

    Args:
        index: The place of the item, from 0.
        item: The item that the call was made for.
        result: What the method returned, if it succeeded.
        error: What the call failed with; None if it succeeded.

    Attributes:
        index: The place of its item, from 0.
        item: The item that it was made for.
        error: What it failed with; None if it succeeded, or was refused as `refused` tells.
    """

    __slots__ = ("_result", "error", "index", "item")

    def __init__(self, index: int, item: A, result: T | None = None, error: Exception | None = None) -> None:
        self.index = index
        self.item = item
        self.error = error
        self._result = result

    def result(self) -> T:
        """What the call returned; raises its error if it failed."""
        if self.error is not None:
            raise self.error
        return cast(T, self._result)

    @property
    def refused(self) -> bool:
        """Whether the server responded and did not do what was asked: the result's `accepted` is False."""
        return getattr(self._result, "accepted", None) is False

    def __repr__(self) -> str:
        if self.error is not None:
            return f"<Outcome {self.index} {self.error!r}>"
        details = getattr(self._result, "details", None)
        return f"<Outcome {self.index} {f'refused: {details!r}' if self.refused else 'done'}>"


class _LazyBulk(Generic[A, T]):
    """What both kinds of bulk share: nothing begins before somebody asks for an outcome."""

    _has_started = False
    _usage: ClassVar[str]
    """How its outcomes are had."""

    def __init__(self, outcomes: AsyncGenerator[Outcome[A, T]]) -> None:
        self._outcomes = outcomes

    def __del__(self) -> None:
        if not self._has_started:
            warnings.warn(
                f"a bulk was made and left, so nothing was sent: {self._usage}",
                RuntimeWarning,
                stacklevel=2,
                source=self,
            )


class Bulk(_LazyBulk[A, T]):
    """The outcomes of the calls that a bulk makes, in the order of the items. See `Prefect.bulk`."""

    _usage = "loop over it with `for`, or call its results()"

    def __init__(self, outcomes: AsyncGenerator[Outcome[A, T]]) -> None:
        super().__init__(outcomes)
        self._iterator = iterate_blocking(outcomes)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Outcome[A, T]:
        self._has_started = True
        return next(self._iterator)

    def results(self) -> list[T]:
        """Make all calls that are left; their results, in the order of the items.

        Raises:
            BulkError: Some of them failed. It comes when all have ended, and has every outcome.
        """
        return _results(list(self))

    def close(self) -> None:
        """Begin no more calls, and wait for those that are under way. A loop that is left does it by itself."""
        self._has_started = True
        self._iterator.close()


class AsyncBulk(_LazyBulk[A, T]):
    """The outcomes of the calls that a bulk makes, in the order of the items. See `AsyncPrefect.bulk`."""

    _usage = "loop over it with `async for`, or await its results()"

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome[A, T]:
        self._has_started = True
        return await anext(self._outcomes)

    if not TYPE_CHECKING:

        def __getitem__(self, index: object) -> NoReturn:
            # A plain `for` comes here, as there is no `__iter__`.
            self._has_started = True
            raise not_iterable()

    async def results(self) -> list[T]:
        """Make all calls that are left; their results, in the order of the items.

        Raises:
            BulkError: Some of them failed. It comes when all have ended, and has every outcome.
        """
        return _results([outcome async for outcome in self])

    async def aclose(self) -> None:
        """Begin no more calls, and cancel those that are under way: for a loop that is left early."""
        self._has_started = True
        await self._outcomes.aclose()


def _results(outcomes: Sequence[Outcome[Any, T]]) -> list[T]:
    failed = [(outcome.index, outcome.error) for outcome in outcomes if outcome.error is not None]
    if failed:
        index, first = failed[0]
        count = f"{len(failed)} of {len(outcomes)} calls failed"
        error = BulkError(
            f"{count}, the first for item {index}: {type(first).__name__}: {first}", [error for _, error in failed]
        )
        error.outcomes = outcomes
        raise error
    return [outcome.result() for outcome in outcomes]
