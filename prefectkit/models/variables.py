"""Variables: named values that flows read."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import Body, OrText, Query, RedactedFields, Stored
from prefectkit.models.filters.variables import VariableFilter, VariableSort


class Variable(RedactedFields, Stored):
    """A variable.

    Attributes:
        name: The name.
        value: The value, as JSON.
        tags: The tags.
    """

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"value"})

    name: str
    value: Any = None
    tags: list[str] = field(default_factory=list[str])


class VariableCreate(RedactedFields, Body):
    """A variable to create.

    Attributes:
        name: The name, at most 255 lower-case letters, digits, dashes and underscores.
        value: The value, as JSON, at most 5000 characters long.
        tags: The tags. Default: none.
    """

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"value"})

    name: str
    value: Any
    tags: list[str] | UnsetType = UNSET


class VariableUpdate(RedactedFields, Body):
    """The changes to a variable.

    Attributes:
        name: The name, at most 255 lower-case letters, digits, dashes and underscores. Default: unchanged.
        value: The value, as JSON, at most 5000 characters long. Default: unchanged.
        tags: The tags, which replace all others. Default: unchanged.
    """

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"value"})

    name: str | UnsetType | None = UNSET
    value: Any = UNSET
    tags: list[str] | UnsetType | None = UNSET


class VariableSelection(Query):
    """Which variables to count.

    Attributes:
        variables: A filter on the variables. Default: all.
    """

    variables: VariableFilter | UnsetType | None = UNSET


class VariableQuery(VariableSelection):
    """Which variables to read.

    Attributes:
        variables: A filter on the variables. Default: all.
        sort: The order. Default: `NAME_ASC`.
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

    sort: OrText[VariableSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET
