"""The base classes of filters: one for each set of criteria."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar, cast

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Body, OpenEnum, OrText, Timestamp
from prefectkit.models.states import in_any_case

T = TypeVar("T")


class Operator(OpenEnum):
    """How the criteria of one filter are combined."""

    and_ = "and_"
    or_ = "or_"


class Combined(Body):
    """Criteria that are combined.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
    """

    operator: OrText[Operator] | UnsetType = UNSET


class AnyOf(Body, Generic[T]):
    """One of several values.

    Attributes:
        any_: The value is one of these.
    """

    any_: Sequence[T] | UnsetType | None = UNSET


class AnyOrNot(AnyOf[T], Generic[T]):
    """One of several values, or none of several.

    Attributes:
        any_: The value is one of these.
        not_any_: The value is none of these.
    """

    not_any_: Sequence[T] | UnsetType | None = UNSET


class CombinedAnyOf(Combined, Generic[T]):
    """One of several values.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        any_: The value is one of these.
    """

    any_: Sequence[T] | UnsetType | None = UNSET


class AnyOrNull(CombinedAnyOf[T], Generic[T]):
    """One of several values, or no value.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        any_: The value is one of these.
        is_null_: True: there is no value. False: there is one.
    """

    is_null_: bool | UnsetType | None = UNSET


class Name(AnyOf[str]):
    """A name.

    Attributes:
        any_: The name is one of these.
        like_: The name contains this text, in upper or lower case.
    """

    like_: str | UnsetType | None = UNSET


class Range(Body):
    """A number between two bounds.

    Attributes:
        ge_: The number is this one or greater.
        le_: The number is this one or less.
    """

    ge_: int | UnsetType | None = UNSET
    le_: int | UnsetType | None = UNSET


class Window(Body):
    """A moment between two bounds.

    Attributes:
        before_: At this moment or earlier.
        after_: At this moment or later.
    """

    before_: Timestamp | UnsetType | None = UNSET
    after_: Timestamp | UnsetType | None = UNSET


class WindowOrNull(Window):
    """A moment between two bounds, or none at all.

    Attributes:
        before_: At this moment or earlier.
        after_: At this moment or later.
        is_null_: True: there is no such moment yet. False: there is one.
    """

    is_null_: bool | UnsetType | None = UNSET


class AllTags(Combined):
    """The tags of an object.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        all_: The object has all of these tags.
        is_null_: True: the object has no tags. False: it has some.
    """

    all_: Sequence[str] | UnsetType | None = UNSET
    is_null_: bool | UnsetType | None = UNSET


class Tags(AllTags):
    """The tags of an object.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        all_: The object has all of these tags.
        any_: The object has one of these tags.
        is_null_: True: the object has no tags. False: it has some.
    """

    any_: Sequence[str] | UnsetType | None = UNSET


class StateTypesInAnyCase:
    """A mixin, first among the bases: types of states in the fields may be in upper or lower case."""

    __slots__ = ()

    __struct_fields__: ClassVar[tuple[str, ...]]

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            types: object = getattr(self, name)
            if isinstance(types, (list, tuple)):
                setattr(self, name, [in_any_case(type_) for type_ in cast("Sequence[object]", types)])
