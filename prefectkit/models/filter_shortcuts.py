"""Filter shortcuts: `list(state="FAILED", tags=["etl"], since=timedelta(hours=1))`.

A shortcut is a keyword of a selection that is sent as a criterion of the selection's filter. Shortcuts, and a filter
given beside them, must all hold. A filter can express more than its shortcuts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeAlias, TypeVar, cast
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.http.paths import uuid_segment
from prefectkit.core.representation import instead, shown
from prefectkit.core.serialization.moments import check_moment
from prefectkit.core.serialization.walk import with_lists
from prefectkit.core.suggestions import close_matches
from prefectkit.models.base import Query, check_integer
from prefectkit.models.filters.criteria import Combined, Operator
from prefectkit.models.states import STATE_NAMES, StateType

F = TypeVar("F", bound=Combined)

OneOrMore: TypeAlias = str | Sequence[str]
"""A value, or several values of which one must match."""

Ids: TypeAlias = UUID | str | Sequence[UUID | str]
"""An id, or several ids of which one must match."""

Moment: TypeAlias = datetime | timedelta
"""A time with its UTC offset, or a duration before now."""


class FilterShortcuts(Query):
    """A selection with filter shortcuts.

    Attributes:
        shortcuts: The names of the fields that are shortcuts.
    """

    shortcuts: ClassVar[frozenset[str]] = frozenset()

    def add_criteria(self, field: str, kind: type[F], **criteria: Any) -> None:
        """Add criteria to a filter, and reset the shortcuts so that they are not sent.

        Args:
            field: The name of the field that has the filter.
            kind: The class of the filter.
            **criteria: A criterion for each field of the filter; `UNSET` for none.

        Raises:
            InvalidParameterError: The filter has one of the criteria already, or combines its criteria with `or_`.
        """
        criteria = {name: criterion for name, criterion in criteria.items() if criterion is not UNSET}
        if not criteria:
            return
        for name in self.shortcuts:
            setattr(self, name, UNSET)
        filter_: F | UnsetType = getattr(self, field)
        if not filter_:
            setattr(self, field, kind(**criteria))
            return
        filter_ = kind.model_validate(with_lists(field, filter_))
        twice = sorted(name for name in criteria if getattr(filter_, name) not in (UNSET, None))
        if twice:
            raise InvalidParameterError(f"{twice} is given in the filter {field} and as a keyword: give it once")
        if filter_.operator is Operator.or_:
            raise InvalidParameterError(
                f"the filter {field} combines its criteria with or_, keywords are combined with and_: "
                f"put {sorted(criteria)} into the filter"
            )
        setattr(self, field, replace(filter_, **criteria))


def any_of(kind: type[Any], name: str, value: OneOrMore | Ids | UnsetType | None) -> Any:
    """The criterion that one of these values matches. An empty list matches nothing."""
    return UNSET if value is UNSET else kind(any_=_as_list(name, value))


def all_of(kind: type[Any], name: str, value: OneOrMore | UnsetType | None) -> Any:
    """The criterion that all of these values are present."""
    if value is UNSET:
        return UNSET
    values = _as_list(name, value)
    if not values:
        raise InvalidParameterError(f"{name} is empty, which matches every object: leave it out, or give one")
    return kind(all_=values)


def at_least(kind: type[Any], name: str, value: int | UnsetType | None) -> Any:
    """The criterion that a number is this one or greater."""
    if value is UNSET:
        return UNSET
    check_integer(name, value, 0)
    return kind(ge_=value)


def window(kind: type[Any], since: Moment | UnsetType | None, until: Moment | UnsetType | None) -> Any:
    """The criterion that a time lies between `since` and `until`."""
    if since is UNSET and until is UNSET:
        return UNSET
    after, before = _as_moment("since", since), _as_moment("until", until)
    if isinstance(after, datetime) and isinstance(before, datetime) and after > before:
        raise InvalidParameterError(f"since is later than until, so nothing lies between: {after} and {before}")
    return kind(after_=after, before_=before)


def in_state(kind: type[Any], by_type: type[Any], by_name: type[Any], value: OneOrMore | UnsetType | None) -> Any:
    """The criterion that a run is in one of these states: types such as `FAILED`, or names such as `Late`."""
    if value is UNSET:
        return UNSET
    types: list[str] = []
    names: list[str] = []
    for state in _as_list("state", value):
        if (upper := state.upper()) in StateType.__members__:
            types.append(upper)
        elif state in STATE_NAMES:
            names.append(state)
        elif similar := close_matches(state, (*STATE_NAMES, *StateType.__members__)):
            raise InvalidParameterError(
                f"state {state!r} is not a state of Prefect. Did you mean {similar[0]!r}? For a custom state of this "
                f"name, use {kind.__name__}(name={by_name.__name__}(any_=[...]))"
            )
        # A name in capitals may be a type of a newer server. As a type, an older server refuses it; as a name, it would
        # match nothing.
        elif state.isupper():
            types.append(state)
        else:
            names.append(state)
    return kind(
        operator=Operator.or_ if types and names else UNSET,
        type=by_type(any_=types) if types or not names else UNSET,
        name=by_name(any_=names) if names else UNSET,
    )


def _as_list(name: str, value: Any) -> list[Any]:
    if isinstance(value, (str, UUID, bytes, Mapping, Struct)) or not isinstance(value, Iterable):
        values: list[Any] = [cast(Any, value)]
    else:
        values = list(with_lists(name, value))
    if name.endswith("_id"):
        return [uuid_segment(name, item) for item in values]
    for item in values:
        if not isinstance(item, str):
            raise InvalidParameterError(f"{name} takes text, got {shown(item)}{instead(item, 'name', 'type')}")
    return values


def _as_moment(name: str, value: Moment | UnsetType | None) -> Any:
    if value is UNSET:
        return UNSET
    if not isinstance(value, timedelta):
        check_moment(name, value, "timedelta(hours=1), which counts back from now")
        return value
    if value < timedelta(0):
        raise InvalidParameterError(f"{name} counts back from now, got {value}: for a time to come, give a datetime")
    try:
        return datetime.now(UTC) - value
    except OverflowError:
        raise InvalidParameterError(f"{name} goes back to before the year 1, got {value}") from None
