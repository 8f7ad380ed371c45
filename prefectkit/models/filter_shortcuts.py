"""Everyday words for filters: `list(state="FAILED", tags=["etl"], since=timedelta(hours=1))`.

A word is a keyword of a selection that becomes a criterion of its filter, and is not sent itself. Words hold together
with each other and with a filter that is given beside them; what they cannot say is said with the filter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeAlias, TypeVar, cast
from uuid import UUID

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.serialization.request_body import check_moment
from prefectkit.models.base import Query
from prefectkit.models.filters.criteria import Combined, Operator
from prefectkit.models.states import STATE_NAMES, StateType

F = TypeVar("F", bound=Combined)

OneOrMore: TypeAlias = str | Sequence[str]
"""A value, or several of which one must fit."""

Ids: TypeAlias = UUID | str | Sequence[UUID | str]
"""An id, or several of which one must fit."""

Moment: TypeAlias = datetime | timedelta
"""A moment with its offset, or how long before now it was."""


class Worded(Query):
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
        filter_: F | UnsetType = getattr(self, field)
        if not filter_:
            setattr(self, field, kind(**given))
            return
        filter_ = kind.model_validate(filter_)
        twice = sorted(name for name in given if getattr(filter_, name) not in (UNSET, None))
        if twice:
            raise InvalidParameterError(f"{twice} is said in {field} and again beside it: say it once")
        if filter_.operator is Operator.or_:
            raise InvalidParameterError(
                f"{field} takes one of its criteria for enough (or_): put {sorted(given)} into it"
            )
        setattr(self, field, replace(filter_, **given))


def any_of(kind: type[Any], word: str, value: OneOrMore | Ids | UnsetType | None) -> Any:
    """The criterion that one of these fits; none fits where there are none."""
    return UNSET if value is UNSET else kind(any_=_several(word, value))


def all_of(kind: type[Any], word: str, value: OneOrMore | UnsetType | None) -> Any:
    """The criterion that all of these are there."""
    if value is UNSET:
        return UNSET
    values = _several(word, value)
    if not values:
        raise InvalidParameterError(f"{word} is empty, which every object fits: leave it out, or name one")
    return kind(all_=values)


def window(kind: type[Any], since: Moment | UnsetType | None, until: Moment | UnsetType | None) -> Any:
    """The criterion that a moment is between these."""
    if since is UNSET and until is UNSET:
        return UNSET
    return kind(after_=_moment("since", since), before_=_moment("until", until))


def in_state(kind: type[Any], by_type: type[Any], by_name: type[Any], value: OneOrMore | UnsetType | None) -> Any:
    """The criterion that a run is in one of these states: types, `FAILED`, or names, `Late`."""
    if value is UNSET:
        return UNSET
    types: list[str] = []
    names: list[str] = []
    for state in _several("state", value):
        if (upper := state.upper()) in StateType.__members__:
            types.append(upper)
        elif state in STATE_NAMES:
            names.append(state)
        elif meant := _near(state):
            raise InvalidParameterError(
                f"state {state!r} is no state of Prefect's: {meant!r} is meant? One of your own is asked for with "
                f"{kind.__name__}(name={by_name.__name__}(any_=[...]))"
            )
        # In capitals it may be a type of a newer server. An older one refuses it, where a name would fit nothing.
        elif state.isupper():
            types.append(state)
        else:
            names.append(state)
    return kind(
        operator=Operator.or_ if types and names else UNSET,
        type=by_type(any_=types) if types or not names else UNSET,
        name=by_name(any_=names) if names else UNSET,
    )


def _near(state: str) -> str | None:
    """The type or name of a state that this one is close to."""
    # Imported where it is needed: it takes longer than the request.
    from difflib import get_close_matches

    known = {_plain(name): name for name in (*STATE_NAMES, *StateType.__members__)}
    found = get_close_matches(_plain(state), known, n=1, cutoff=0.8)
    return known[found[0]] if found else None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def _several(word: str, value: Any) -> list[Any]:
    if isinstance(value, (str, UUID)) or not isinstance(value, Iterable) or isinstance(value, (bytes, Mapping)):
        values: list[Any] = [cast(Any, value)]
    else:
        values = list(cast(Iterable[Any], value))
    kinds = (str, UUID) if word.endswith("_id") else (str,)
    for one in values:
        if not isinstance(one, kinds):
            raise InvalidParameterError(f"{word} takes {'ids' if UUID in kinds else 'text'}, got {one!r}")
    return values


def _moment(word: str, value: Moment | UnsetType | None) -> Any:
    if value is UNSET:
        return UNSET
    if not isinstance(value, timedelta):
        check_moment(word, value)
        return value
    if value < timedelta(0):
        raise InvalidParameterError(f"{word} counts back from now, got {value}: for a moment to come, give a datetime")
    try:
        return datetime.now(UTC) - value
    except OverflowError:
        raise InvalidParameterError(f"{word} goes back to before the year 1, got {value}") from None
