"""The outcomes of a bulk: an iterator of one outcome for each call, or all results at once."""

from __future__ import annotations

import warnings
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Self, TypeVar, cast

from prefectkit.core.errors import BulkError, ConfigError
from prefectkit.core.io import iterate_blocking
from prefectkit.core.misuse import not_iterable

A = TypeVar("A")
T = TypeVar("T")


class Outcome(Generic[A, T]):
    """The outcome of one call of a bulk: its result or its error.

    Args:
        index: The index of the item, from 0.
        item: The item that the call was made for.
        result: The return value of the method, if it succeeded.
        error: The error of the call; None if it succeeded.

    Attributes:
        index: The index of the item, from 0.
        item: The item that the call was made for.
        error: The error of the call; None if it succeeded. See also `refused`.
    """

    __slots__ = ("_result", "error", "index", "item")

    def __init__(self, index: int, item: A, result: T | None = None, error: Exception | None = None) -> None:
        self.index = index
        self.item = item
        self.error = error
        self._result = result

    def result(self) -> T:
        """Return the result of the call, or raise its error."""
        if self.error is not None:
            raise self.error
        return cast(T, self._result)

    @property
    def refused(self) -> bool:
        """Whether the server refused the transition in a success response: `accepted` of the result is False."""
        return getattr(self._result, "accepted", None) is False

    def __repr__(self) -> str:
        if self.error is not None:
            return f"<Outcome {self.index} {self.error!r}>"
        details = getattr(self._result, "details", None)
        return f"<Outcome {self.index} {f'refused: {details!r}' if self.refused else 'done'}>"


class _LazyBulk(Generic[A, T]):
    """The base of both bulks. No call is made before the first outcome is requested."""

    _has_started = False
    _has_ended = False
    _usage: ClassVar[str]
    """How to get its outcomes, for the warning about a bulk that was never used."""

    def __init__(self, outcomes: AsyncGenerator[Outcome[A, T]]) -> None:
        self._outcomes = outcomes

    def _check_remaining(self) -> None:
        if self._has_ended:
            raise ConfigError(
                "this bulk has made its calls, and its outcomes were taken, or it was closed: keep the list that "
                "results() returned, or collect the outcomes in the loop"
            )

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
        try:
            return next(self._iterator)
        except StopIteration:
            self._has_ended = True
            raise

    def results(self) -> list[T]:
        """Make all remaining calls, and return their results in the order of the items.

        Raises:
            BulkError: Some of them failed. It is raised when all have ended, and has all outcomes.
            ConfigError: All outcomes were taken before, or the bulk was closed.
        """
        self._check_remaining()
        return _results(list(self))

    def close(self) -> None:
        """Start no more calls, and wait for those in flight. Leaving the loop does this too."""
        self._has_started = self._has_ended = True
        self._iterator.close()


class AsyncBulk(_LazyBulk[A, T]):
    """The outcomes of the calls that a bulk makes, in the order of the items. See `AsyncPrefect.bulk`."""

    _usage = "loop over it with `async for`, or await its results()"

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome[A, T]:
        self._has_started = True
        try:
            return await anext(self._outcomes)
        except StopAsyncIteration:
            self._has_ended = True
            raise

    if not TYPE_CHECKING:

        def __getitem__(self, index: object) -> NoReturn:
            # A plain `for` calls this, as there is no `__iter__`.
            self._has_started = True
            raise not_iterable()

    async def results(self) -> list[T]:
        """Make all remaining calls, and return their results in the order of the items.

        Raises:
            BulkError: Some of them failed. It is raised when all have ended, and has all outcomes.
            ConfigError: All outcomes were taken before, or the bulk was closed.
        """
        self._check_remaining()
        return _results([outcome async for outcome in self])

    async def aclose(self) -> None:
        """Start no more calls, and cancel those in flight: for a loop that is left early."""
        self._has_started = self._has_ended = True
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
