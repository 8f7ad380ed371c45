"""What every model is made of: the two Struct bases, open enums, and the field types that need a rule."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias, TypeVar, cast, dataclass_transform
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET, UnsetType

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.security.secrets import HIDDEN
from prefectkit.core.serialization.timestamps import convert_leniently
from prefectkit.core.suggestions import unexpected
from prefectkit.models.pydantic_compat import PydanticWords

T = TypeVar("T")

Timestamp: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its offset. The codec reads a response without one as UTC."""

Id: TypeAlias = UUID | str
"""The id of an object, as a caller may give it."""

JSON: TypeAlias = dict[str, Any]
"""An object whose keys belong to the user: parameters, labels, block data, job templates."""

if TYPE_CHECKING:
    OrText: TypeAlias = T | str
    Variant: TypeAlias = Annotated[T, "one of several Structs"]
else:

    class OrText:
        """`OrText[FlowRunSort]`: a member of the enum in a request, or its value as text: `sort="NAME_ASC"`.

        msgspec reads the enum alone: it takes no union of two types that are text.
        """

        def __class_getitem__(cls, enum: object) -> Any:
            return enum

    class Variant:
        """`Variant[A | B | JSON]`: a field that JSON does not tag the way msgspec asks of a union of Structs.

        msgspec reads it as it comes; `__post_init__` then picks the Struct, with `as_variant`.
        """

        def __class_getitem__(cls, union: object) -> Any:
            return Any


_construct = msgspec.StructMeta.__call__


class _KeywordOnly(msgspec.StructMeta):
    """`kw_only` is not inherited by a Struct: this sets it for every model, and explains a misspelt field."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **config: Any) -> _KeywordOnly:
        config.setdefault("kw_only", True)
        return super().__new__(mcls, name, bases, namespace, **config)

    if not TYPE_CHECKING:
        # A type checker would take its arguments for those of every model. The decoder does not come here.
        def __call__(cls, *args: Any, **fields: Any) -> Any:
            try:
                return _construct(cls, *args, **fields)
            except TypeError:
                _explain(cls, args, fields)
                raise


def _explain(cls: type[msgspec.Struct], args: tuple[object, ...], fields: Collection[str]) -> None:
    """Raise TypeError for a field that is given by position, or that the Struct does not have, if there is one."""
    known = cls.__struct_fields__
    if args:
        names = ", ".join(known)
        raise TypeError(f"{cls.__name__}() takes no positional arguments: name the field, one of {names}") from None
    for name in fields:
        if name not in known:
            raise unexpected(cls.__name__, name, known) from None


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Model(PydanticWords, msgspec.Struct, metaclass=_KeywordOnly):
    """What the server returns. Unknown fields are ignored, so a newer server can be read."""


class Made(_KeywordOnly):
    """Gives an object that is made here what the server would give it. A response that lacks it is still damaged."""

    def __call__(cls, *args: Any, **fields: Any) -> Any:
        made: Mapping[str, Callable[[], Any]] = cast(Any, cls).made
        for name, make in made.items():
            if name not in fields:
                fields[name] = make()
        return super().__call__(*args, **fields)


class Stored(Model, metaclass=Made):
    """What the server keeps.

    Attributes:
        id: The id. Default, where it is made here: a fresh one.
        created: When it was created.
        updated: When it was last changed.
    """

    made: ClassVar[Mapping[str, Callable[[], Any]]] = {"id": uuid4}

    if TYPE_CHECKING:
        id: UUID = msgspec.field(default_factory=uuid4)
    else:
        id: UUID
    created: Timestamp | None = None
    updated: Timestamp | None = None


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Body(PydanticWords, msgspec.Struct, metaclass=_KeywordOnly):
    """What is sent to the server. A field left at `UNSET` is not sent; `None` is sent as null."""


_AT_LEAST = {"limit": 0, "offset": 0, "page": 1}


class Query(Body):
    """What is asked for. A field that is None is not given."""

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value is None:
                setattr(self, name, UNSET)
            elif value is not UNSET and name in _AT_LEAST:
                _check_whole(name, value, _AT_LEAST[name])


def _check_whole(name: str, value: object, least: int) -> None:
    """
    Raises:
        InvalidParameterError: It is no whole number of this size.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__") or operator.index(cast(Any, value)) < least:
        raise InvalidParameterError(f"{name} must be a whole number of at least {least}, got {value!r}")


class Paged(Query):
    """Which part of a list.

    Attributes:
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET


class HidesFields:
    """A mixin, first among the bases: `repr` shows the fields named in `hidden` as `********`."""

    __slots__ = ()

    hidden: ClassVar[frozenset[str]]
    __struct_fields__: ClassVar[tuple[str, ...]]

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, HIDDEN if name in self.hidden else getattr(self, name)) for name in self.__struct_fields__]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


class HidesJobSettings(HidesFields):
    """The same for job templates and job variables, whose environment is where keys are passed; an empty one shows."""

    __slots__ = ()

    hidden: ClassVar[frozenset[str]] = frozenset({"base_job_template", "job_variables"})

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, HIDDEN if name in self.hidden and value else value) for name, value in values]


class OpenEnum(StrEnum):
    """A closed list on the server of today: a value that a newer server adds is kept as it came."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member


def as_variant(value: Any, tag: str, kinds: Mapping[str, type[Model]]) -> Any:
    """The Struct of an object that names its kind in the field `tag`; one of an unknown kind stays as it came.

    Raises:
        ValueError: It is not an object of its kind.
    """
    if isinstance(value, dict) and (kind := kinds.get(str(cast(JSON, value).get(tag)))):
        return as_kind(value, kind)
    return cast(object, value)


def as_kind(value: Any, kind: type[T]) -> T:
    """Decoded JSON as a Struct.

    Raises:
        ValueError: It is none of this kind. msgspec adds where it stands, which it does for no error of its own.
    """
    try:
        return cast(T, convert_leniently(kind, value))
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
