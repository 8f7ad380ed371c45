"""`Secret`, `JSON` and `String`: blocks of one value each, as `prefect.blocks.system` has or had them."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from prefectkit.compat.blocks.core import Block
from prefectkit.core.security.secrets import MASK


def _schema(title: str, slug: str, **value: Any) -> dict[str, Any]:
    return {
        "title": title,
        "type": "object",
        "properties": {"value": {"title": "Value", **value}},
        "required": ["value"],
        "secret_fields": ["value"] if value.get("writeOnly") else [],
        "block_type_slug": slug,
        "block_schema_references": {},
    }


class SecretValue:
    """A value that is shown as asterisks."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def get_secret_value(self) -> Any:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return f"SecretValue({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretValue) and other._value == self._value


class Secret(Block, slug="secret"):
    """A secret: text, or any JSON value.

    Args:
        value: The secret. An object with `get_secret_value`, such as pydantic's `SecretStr`, is read.
    """

    _type: ClassVar[dict[str, Any]] = {"name": "Secret", "description": "A secret value."}
    _fields: ClassVar[dict[str, Any]] = _schema("Secret", "secret", type="string", writeOnly=True, format="password")

    def __init__(self, *, value: Any) -> None:
        reveal = getattr(value, "get_secret_value", None)
        super().__init__(value=reveal() if callable(reveal) else value)

    @property
    def value(self) -> SecretValue:
        """The secret, which is not printed: `value.get_secret_value()` returns it."""
        return SecretValue(self._data["value"])

    def get(self) -> Any:
        """The secret: text that is JSON is decoded."""
        value = self._data["value"]
        if isinstance(value, str):
            try:
                return json.loads(value)
            except ValueError:
                return value
        return value


class JSON(Block, slug="json"):
    """A JSON value.

    Args:
        value: The value.
    """

    _type: ClassVar[dict[str, Any]] = {"name": "JSON", "description": "A JSON value."}
    _fields: ClassVar[dict[str, Any]] = _schema("JSON", "json")

    def __init__(self, *, value: Any) -> None:
        super().__init__(value=value)


class String(Block, slug="string"):
    """A text.

    Args:
        value: The text.
    """

    _type: ClassVar[dict[str, Any]] = {"name": "String", "description": "A text."}
    _fields: ClassVar[dict[str, Any]] = _schema("String", "string", type="string")

    def __init__(self, *, value: str) -> None:
        super().__init__(value=value)
