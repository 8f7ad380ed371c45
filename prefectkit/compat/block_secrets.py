"""Secrets in the data of a block: objects with `get_secret_value`, such as pydantic's `SecretStr`."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

import msgspec
from msgspec import UNSET

from prefectkit.core.security.secrets import MASK


def reveal_block_secrets(document: Any, *, shown: bool = True) -> Any:
    """A copy of a block document with plain data, which can be sent.

    The document itself is not dumped: Prefect's own would lose its secrets.

    Args:
        document: The block document: any object with a `data`, or a dict.
        shown: Whether to replace a secret by its text; else by asterisks.

    Raises:
        ValueError: A secret is of bytes that are not UTF-8.
    """
    if isinstance(document, Mapping):
        fields_ = cast("Mapping[str, Any]", document)
        return {**fields_, "data": _plain(fields_["data"], shown)} if "data" in fields_ else fields_
    data = getattr(document, "data", UNSET)
    if not data:
        return document
    other = copy.copy(document)
    other.data = _plain(data, shown)
    return other


def _plain(value: Any, shown: bool) -> Any:
    if callable(reveal := getattr(value, "get_secret_value", None)):
        return _plain(_text(reveal()), shown) if shown else MASK
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, Any]", cast(object, value)).items()
        return {key: _plain(item, shown) for key, item in items}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, shown) for item in cast("Collection[Any]", value)]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name), shown) for field in fields(value)}
    dump = getattr(value, "model_dump", None)
    if dump is None or isinstance(value, msgspec.Struct):
        return value
    # A block dumps secrets as text in this context. Other models dump them as objects, which are then replaced.
    return _plain(dump(context={"include_secrets": shown}), shown)


def _text(secret: Any) -> Any:
    if not isinstance(secret, bytes):
        return secret
    try:
        return secret.decode()
    except UnicodeDecodeError:
        raise ValueError("a secret of bytes is sent as text, so it must be UTF-8: encode it, in base64 say") from None
