"""Pydantic compatibility: the methods of pydantic models, such as `model_dump`, `model_copy` and `model_validate`."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar, Self, TypeAlias, cast

import msgspec
from msgspec import NODEFAULT, UNSET, structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.serialization.codec import as_builtins
from prefectkit.core.serialization.conversion import dumped, is_dumpable

Fields: TypeAlias = Collection[str] | Mapping[str, Any] | None
"""Names of fields, or for each name True or the fields within it."""

_PLAIN = (str, int, float, bool, type(None))


class PydanticCompat:
    """A mixin of all models. Fields that are `UNSET` are always left out."""

    __slots__ = ()

    __struct_fields__: ClassVar[tuple[str, ...]]

    @property
    def model_fields_set(self) -> set[str]:
        """The fields that are set; in a Struct that does not send its defaults, those that differ from the default."""
        return set(_set_fields(self))

    def model_dump(
        self,
        *,
        mode: str = "python",
        include: Fields = None,
        exclude: Fields = None,
        by_alias: bool | None = None,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        **_: Any,
    ) -> dict[str, Any]:
        """The fields as a dict, at all depths.

        Args:
            mode: `python` keeps dates, ids and enums as objects; `json` converts them to JSON types, and a duration to
                seconds.
            include: Only these fields.
            exclude: Not these fields.
            by_alias: Has no effect: no field has an alias.
            exclude_unset: Leave out fields that are not in `model_fields_set`.
            exclude_defaults: Leave out fields that have their default.
            exclude_none: Leave out fields that are None.
            **_: Other options of pydantic, which have no effect.

        Raises:
            TypeError: In mode `json`, a value cannot be represented in JSON.
        """
        how = _Dump(mode == "json", exclude_unset, exclude_defaults, exclude_none)
        return how.struct(self, include, exclude)

    def model_dump_json(self, *, indent: int | None = None, **options: Any) -> str:
        """The fields as JSON text; the options are those of `model_dump`.

        Args:
            indent: Spaces for each level. Default: all on one line.
            **options: The other options of `model_dump`.
        """
        options["mode"] = "json"
        data = msgspec.json.encode(self.model_dump(**options))
        return (data if indent is None else msgspec.json.format(data, indent=indent)).decode()

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, with the fields in `update` changed.

        Args:
            update: New values by the name of the field. They are not validated.
            deep: Whether to make a deep copy.
        """
        other = copy.deepcopy(self) if deep else copy.copy(self)
        for name, value in (update or {}).items():
            setattr(other, name, value)
        return other

    @classmethod
    def model_validate(cls, obj: Any, **_: Any) -> Self:
        """An object of this class, from a dict or from an object with the same fields, also of another library.

        Args:
            obj: The dict or object.
            **_: Other options of pydantic, which have no effect.

        Raises:
            ValueError: It does not match the class.
        """
        if isinstance(obj, cls):
            return obj
        fields = as_builtins(dumped(obj)) if is_dumpable(obj) else obj
        try:
            return cast(Self, _decoded(cls, fields))
        except (msgspec.ValidationError, TypeError) as error:
            raise InvalidParameterError(f"this is not a valid {cls.__name__}: {error}") from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes, **_: Any) -> Self:
        """An object of this class, from JSON.

        Args:
            json_data: The JSON.
            **_: Other options of pydantic, which have no effect.

        Raises:
            ValueError: It is not JSON, or does not match the class.
        """
        try:
            fields = msgspec.json.decode(json_data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidParameterError(f"this is not a {cls.__name__} in JSON: {error}") from None
        return cls.model_validate(fields)

    @classmethod
    def model_validate_list(cls, obj: Any, **_: Any) -> list[Self]:
        """A list of objects of this class; each as in `model_validate`.

        Args:
            obj: An iterable of dicts or objects.
            **_: Other options of pydantic, which have no effect.
        """
        return [cls.model_validate(item) for item in obj]


class _Dump:
    """Converts a Struct to a dict, with the options of `model_dump`."""

    __slots__ = ("exclude_defaults", "exclude_none", "exclude_unset", "json")

    def __init__(self, json: bool, exclude_unset: bool, exclude_defaults: bool, exclude_none: bool) -> None:
        self.json = json
        self.exclude_unset = exclude_unset
        self.exclude_defaults = exclude_defaults
        self.exclude_none = exclude_none

    def struct(self, struct: Any, include: Fields = None, exclude: Fields = None) -> dict[str, Any]:
        names = _set_fields(struct) if self.exclude_unset else struct.__struct_fields__
        if self.exclude_defaults:
            changed = set(_changed_fields(struct))
            names = [name for name in names if name in changed]
        # The tag is not a field: msgspec writes it, and the class has a property of the same name.
        if (tag := struct.__struct_config__.tag_field) is not None:
            names = [tag, *names]
        dumped: dict[str, Any] = {}
        for name in names:
            value = getattr(struct, name)
            if value is UNSET or (value is None and self.exclude_none):
                continue
            within, without = _within(include, name), _within(exclude, name)
            if (include is not None and within is False) or without is True:
                continue
            dumped[name] = self.value(value, None if within is True else within or None, without or None)
        return dumped

    def value(self, value: Any, include: Fields = None, exclude: Fields = None) -> Any:
        if isinstance(value, msgspec.Struct):
            return self.struct(value, include, exclude)
        if isinstance(value, dict):
            items = cast("dict[Any, Any]", cast(object, value)).items()
            return {(self.value(key) if self.json else key): self.value(item) for key, item in items}
        if isinstance(value, (list, tuple, set, frozenset)):
            values = [self.value(item, include, exclude) for item in cast(Collection[Any], value)]
            return values if self.json or isinstance(value, list) else type(cast(Any, value))(values)
        if not self.json or type(value) in _PLAIN:
            return value
        if isinstance(value, timedelta):
            return value.total_seconds()
        return as_builtins(value)


def _within(fields: Fields, name: str) -> Any:
    """What a selection of fields means for one field: True, False, or a selection of the fields within it."""
    if fields is None or name not in fields:
        return False
    return cast("Mapping[str, Any]", fields)[name] if isinstance(fields, Mapping) else True


def _set_fields(struct: Any) -> list[str]:
    if struct.__struct_config__.omit_defaults:
        return list(_changed_fields(struct))
    return [name for name in struct.__struct_fields__ if getattr(struct, name) is not UNSET]


def _changed_fields(struct: Any) -> Iterator[str]:
    for field in structs.fields(struct):
        value = getattr(struct, field.name)
        default = field.default if field.default_factory is NODEFAULT else field.default_factory()
        if value is not UNSET and (default is NODEFAULT or value != default):
            yield field.name


def _decoded(cls: type[Any], fields: Any) -> Any:
    try:
        return msgspec.convert(fields, cls, strict=False, from_attributes=not isinstance(fields, Mapping))
    except TypeError:
        # A request may have a union of Structs, which msgspec encodes and does not decode.
        return cls(**fields)
