"""The type of a run's result, which annotations may name: `State[int]`."""

from __future__ import annotations

from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    R = TypeVar("R", default=Any)

    class OfResult(Generic[R]):
        """A mixin of classes that annotations subscribe with the type of a result."""

else:
    R = object

    class OfResult:
        """A mixin of classes that annotations subscribe with the type of a result."""

        __slots__ = ()
        __class_getitem__ = classmethod(GenericAlias)
