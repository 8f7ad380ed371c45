"""Everyday words for filters: `list(state="FAILED", tags=["etl"], since=timedelta(hours=1))`.

A word is a keyword of a selection that becomes a criterion of its filter, and is not sent itself. Words hold together
with each other and with a filter that is given beside them; what they cannot say is said with the filter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeAlias, TypeVar
from uuid import UUID

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from prefectkit.core.errors import InvalidParameterError
from prefectkit.models.base import Body
from prefectkit.models.filters.criteria import Combined, Operator

F = TypeVar("F", bound=Combined)

OneOrMore: TypeAlias = str | Sequence[str]
"""A value, or several of which one must fit."""

Ids: TypeAlias = UUID | str | Sequence[UUID | str]
"""An id, or several of which one must fit."""

Moment: TypeAlias = datetime | timedelta
"""A moment with its offset, or how long before now it was."""


class Worded(Body):
    """A selection that has words.

    Attributes:
        words: Which of its fields are words.
    """

    words: ClassVar[frozenset[str]] = frozenset()

    def narrow(self, field: str, kind: type[F], **criteria: Any) -> None:
        """Put criteria into the filter of a field, and take the words away.

        Args:
            field: The name of the field that has the filter.
            kind: The class of the filter.
            **criteria: A criterion for each field of the filter; `UNSET` for none.
        """
        given = {name: criterion for name, criterion in criteria.items() if criterion is not UNSET}
        for word in self.words:
            setattr(self, word, UNSET)
        if not given:
            return
        filter_: F | UnsetType | None = getattr(self, field)
        if not filter_:
            setattr(self, field, kind(**given))
            return
        twice = sorted(name for name in given if getattr(filter_, name) not in (UNSET, None))
        if twice:
            raise InvalidParameterError(f"{twice} is said in {field} and again beside it: say it once")
        if filter_.operator is Operator.or_:
            raise InvalidParameterError(
                f"{field} takes one of its criteria for enough (or_): put {sorted(given)} into it"
            )
        setattr(self, field, replace(filter_, **given))


def any_of(kind: type[Any], value: OneOrMore | Ids | UnsetType) -> Any:
    """The criterion that one of these fits."""
    return UNSET if value is UNSET else kind(any_=_several(value))


def all_of(kind: type[Any], value: OneOrMore | UnsetType) -> Any:
    """The criterion that all of these are there."""
    return UNSET if value is UNSET else kind(all_=_several(value))


def window(kind: type[Any], since: Moment | UnsetType, until: Moment | UnsetType) -> Any:
    """The criterion that a moment is between these."""
    if since is UNSET and until is UNSET:
        return UNSET
    return kind(after_=_moment("since", since), before_=_moment("until", until))


def in_state(kind: type[Any], by_type: type[Any], by_name: type[Any], value: OneOrMore | UnsetType) -> Any:
    """The criterion that a run is in one of these states: types, `FAILED`, or names, `Late`."""
    if value is UNSET:
        return UNSET
    # Types are in capitals, and a misspelt one is then refused by the server instead of fitting no name.
    types = [state for state in _several(value) if state.isupper()]
    names = [state for state in _several(value) if not state.isupper()]
    return kind(
        operator=Operator.or_ if types and names else UNSET,
        type=by_type(any_=types) if types else UNSET,
        name=by_name(any_=names) if names else UNSET,
    )


def _several(value: Any) -> list[Any]:
    if isinstance(value, (str, UUID)) or not isinstance(value, Iterable):
        return [value]
    return list(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] -- Any in, Any out


def _moment(word: str, value: Moment | UnsetType) -> datetime | UnsetType:
    if isinstance(value, timedelta):
        return datetime.now(UTC) - value
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InvalidParameterError(
            f"{word} has no time zone, got {value.isoformat()}: write datetime(..., tzinfo=UTC)"
        )
    return value
