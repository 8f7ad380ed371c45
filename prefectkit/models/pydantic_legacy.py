"""Pydantic compatibility: the older API that pydantic keeps: `dict()`, `json()`, `copy()`, iteration, `vars()`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from msgspec import UNSET

from prefectkit.models.pydantic_compat import Fields, PydanticCompat

_Dict: TypeAlias = dict[str, Any]


class PydanticLegacy(PydanticCompat):
    """A mixin of all models. Fields that are `UNSET` are always left out."""

    __slots__ = ()

    def dict(self, **options: Any) -> _Dict:
        """As `model_dump`.

        Args:
            **options: The options of `model_dump`.
        """
        return self.model_dump(**options)

    def json(self, **options: Any) -> str:
        """As `model_dump_json`.

        Args:
            **options: The options of `model_dump_json`.
        """
        return self.model_dump_json(**options)

    def copy(
        self,
        *,
        include: Fields = None,
        exclude: Fields = None,
        update: Mapping[str, Any] | None = None,
        deep: bool = False,
    ) -> Self:
        """As `model_copy`.

        Args:
            include: Only these fields; the others have their defaults.
            exclude: Not these fields, which have their defaults.
            update: New values by the name of the field. They are not validated.
            deep: Whether to make a deep copy.

        Raises:
            TypeError: A field that is left out has no default.
        """
        copied = self.model_copy(deep=deep)
        if include is not None or exclude is not None:
            fields = {name: value for name, value in _fields(copied) if include is None or name in include}
            copied = type(self)(**{name: value for name, value in fields.items() if name not in (exclude or ())})
        return copied.model_copy(update=update)

    @classmethod
    def parse_obj(cls, obj: Any) -> Self:
        """As `model_validate`.

        Args:
            obj: The dict or object.

        Raises:
            ValueError: It does not match the class.
        """
        return cls.model_validate(obj)

    @classmethod
    def parse_raw(cls, b: str | bytes) -> Self:
        """As `model_validate_json`.

        Args:
            b: The JSON.

        Raises:
            ValueError: It is not JSON, or does not match the class.
        """
        return cls.model_validate_json(b)

    # Hidden, since with it type checkers would take one object for a list of objects.
    if not TYPE_CHECKING:

        def __iter__(self) -> Iterator[tuple[str, Any]]:
            """The names and values of the fields: `dict(run)`."""
            return _fields(self)

        @property
        def __dict__(self) -> _Dict:
            """The names and values of the fields: `vars(run)`."""
            return dict(_fields(self))


def _fields(struct: Any) -> Iterator[tuple[str, Any]]:
    for name in struct.__struct_fields__:
        if (value := getattr(struct, name)) is not UNSET:
            yield name, value
