"""The base classes of all models: responses (`Model`), request bodies (`Body`), open enums, and common field types."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias, TypeVar, cast, dataclass_transform
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET, UnsetType, structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.security.secrets import MASK
from prefectkit.core.serialization.timestamps import convert_repaired
from prefectkit.core.serialization.walk import is_plain, with_lists
from prefectkit.core.suggestions import unexpected
from prefectkit.models.prefect_bridge import PrefectBridge
from prefectkit.models.pydantic_legacy import PydanticLegacy

T = TypeVar("T")

Timestamp: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A datetime with its UTC offset. In a response without an offset it is read as UTC."""

Id: TypeAlias = UUID | str
"""The id of an object, as a parameter."""

JSON: TypeAlias = dict[str, Any]
"""An object whose keys belong to the user: parameters, labels, block data, job templates."""

if TYPE_CHECKING:
    OrText: TypeAlias = T | str
    Variant: TypeAlias = Annotated[T, "one of several Structs"]
else:

    class OrText:
        """`OrText[FlowRunSort]`: in a request, a member of the enum or its value as text: `sort="NAME_ASC"`.

        msgspec sees the enum alone: it does not support a union of two text types.
        """

        def __class_getitem__(cls, enum: object) -> Any:
            return enum

    class Variant:
        """`Variant[A | B | JSON]`: a union of Structs without the tag that msgspec requires in a union.

        msgspec decodes it as plain JSON; `__post_init__` then converts it with `as_variant`.
        """

        def __class_getitem__(cls, union: object) -> Any:
            return Any


_construct = msgspec.StructMeta.__call__


class _KeywordOnly(msgspec.StructMeta):
    """Sets `kw_only`, which a Struct does not inherit, for every model, and explains a misspelt field.

    Where a program constructs a model, iterators become lists, so that it can be sent more than once.
    """

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], /, **config: Any) -> _KeywordOnly:
        config.setdefault("kw_only", True)
        return super().__new__(mcls, name, bases, namespace, **config)

    if not TYPE_CHECKING:
        # Hidden, since a type checker would use its signature for every model. The decoder does not call it.
        def __call__(cls, *args: Any, **fields: Any) -> Any:
            for name, value in fields.items():
                # A Struct had its own turn.
                if not (is_plain(value) or isinstance(value, msgspec.Struct)):
                    fields[name] = with_lists(f"{cls.__name__}.{name}", value)
            try:
                return _construct(cls, *args, **fields)
            except TypeError:
                _explain(cls, args, fields)
                raise


def _explain(cls: type[msgspec.Struct], args: tuple[object, ...], fields: Collection[str]) -> None:
    """Raise TypeError if a field is given by position, or is not one of the Struct's."""
    known = cls.__struct_fields__
    if args:
        names = ", ".join(known)
        raise TypeError(f"{cls.__name__}() takes no positional arguments: name the field, one of {names}") from None
    for name in fields:
        if name not in known:
            raise unexpected(cls.__name__, name, known) from None


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Model(PydanticLegacy, PrefectBridge, msgspec.Struct, metaclass=_KeywordOnly):
    """A response, or a part of one. Unknown fields are ignored, so that newer servers can be read."""


class ConstructorDefaults(_KeywordOnly):
    """Default values for objects that a program constructs. A response without these fields remains a decode error."""

    def __call__(cls, *args: Any, **fields: Any) -> Any:
        defaults: Mapping[str, Callable[[], Any]] = cast(Any, cls).constructor_defaults
        for name, default_factory in defaults.items():
            if name not in fields:
                fields[name] = default_factory()
        return super().__call__(*args, **fields)


class Stored(Model, metaclass=ConstructorDefaults):
    """An object that the server stores.

    Attributes:
        id: The id. Default in a constructor: a new random one.
        created: When it was created.
        updated: When it was last changed.
    """

    constructor_defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {"id": uuid4}

    if TYPE_CHECKING:
        id: UUID = msgspec.field(default_factory=uuid4)
    else:
        id: UUID
    created: Timestamp | None = None
    updated: Timestamp | None = None


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Body(PydanticLegacy, PrefectBridge, msgspec.Struct, metaclass=_KeywordOnly):
    """A request body, or a part of one. A field at `UNSET` is not sent; `None` is sent as null."""


_MINIMUM = {"limit": 0, "offset": 0, "page": 1}


class Query(Body):
    """The body of a query. None means the same as `UNSET`: not given."""

    def __post_init__(self) -> None:
        for name, value in zip(self.__struct_fields__, structs.astuple(self), strict=True):
            if value is None:
                setattr(self, name, UNSET)
            elif value is not UNSET and name in _MINIMUM:
                check_integer(name, value, _MINIMUM[name])


def check_integer(name: str, value: object, minimum: int) -> None:
    """Refuse a value of a parameter that is not an integer of at least the minimum.

    Raises:
        InvalidParameterError: The value is not an integer, or is below the minimum.
    """
    if isinstance(value, bool) or not hasattr(value, "__index__") or operator.index(cast(Any, value)) < minimum:
        raise InvalidParameterError(f"{name} must be an integer of at least {minimum}, got {value!r}")


class Paged(Query):
    """A query with `limit` and `offset`.

    Attributes:
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET


class RedactedFields:
    """A mixin, first among the bases: `repr` shows the fields named in `redacted_fields` as `********`."""

    __slots__ = ()

    redacted_fields: ClassVar[frozenset[str]]
    __struct_fields__: ClassVar[tuple[str, ...]]

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [
            (name, MASK if name in self.redacted_fields else getattr(self, name)) for name in self.__struct_fields__
        ]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


class RedactedJobSettings(RedactedFields):
    """`RedactedFields` for job templates and job variables, which often hold keys. Empty ones are shown."""

    __slots__ = ()

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"base_job_template", "job_variables"})

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, MASK if name in self.redacted_fields and value else value) for name, value in values]


class OpenEnum(str, Enum):  # noqa: UP042 - the str() of a StrEnum is its value
    """An enum that accepts unknown values: one that a newer server adds is kept as it is.

    A member is equal to its value. As in Prefect, its `str()` has the name of the enum: `StateType.FAILED`.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member


def as_variant(value: Any, tag: str, kinds: Mapping[str, type[Model]]) -> Any:
    """Decoded JSON as the Struct that its field `tag` names. An object of an unknown kind is returned as it is.

    Raises:
        ValueError: It does not match the Struct of its kind.
    """
    if isinstance(value, dict) and (kind := kinds.get(str(cast(JSON, value).get(tag)))):
        return as_kind(value, kind)
    return cast(object, value)


def as_kind(value: Any, kind: type[T]) -> T:
    """Decoded JSON as a Struct.

    Raises:
        ValueError: It does not match the Struct. msgspec adds the path to a ValueError, not to its own errors.
    """
    try:
        return cast(T, convert_repaired(kind, value))
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
