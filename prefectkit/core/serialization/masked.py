"""JSON of pydantic models. A secret that pydantic would write as asterisks is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from prefectkit.core.errors import RequestEncodeError

WAY_OUT = "would be sent as asterisks: pass its get_secret_value(), or the name of a block or variable that holds it"


def dump_json(model: Any) -> Any:
    """The model as parsed JSON.

    Raises:
        RequestEncodeError: It contains a secret, such as pydantic's `SecretStr`, which JSON would have as asterisks.
    """
    dump = model.model_dump(mode="json")
    if _has_asterisks(dump) and (place := _masked_secret("", model.model_dump(), dump)) is not None:
        raise RequestEncodeError(f"{place.lstrip('.')} of {type(model).__name__} is a secret, which {WAY_OUT}")
    return dump


def is_secret(value: object) -> bool:
    """Whether the value is an object that masks its text, such as pydantic's `SecretStr`."""
    return callable(getattr(type(value), "get_secret_value", None))


def _has_asterisks(dump: object) -> bool:
    if isinstance(dump, dict):
        return any(map(_has_asterisks, cast("dict[str, object]", dump).values()))
    if isinstance(dump, list):
        return any(map(_has_asterisks, cast("list[object]", dump)))
    return isinstance(dump, str) and "*" in dump


def _is_mask(secret: Any, dump: object) -> bool:
    """Whether a secret was dumped as asterisks. A model may dump its text instead; an empty secret has no asterisks."""
    return isinstance(dump, str) and "*" in dump and dump in str(secret) and dump != secret.get_secret_value()


def _masked_secret(place: str, value: Any, dump: Any) -> str | None:
    """The path of the first secret in a value that its dump masks; None if there is none."""
    if is_secret(value):
        return place if _is_mask(value, dump) else None
    inner: Iterable[tuple[str, Any, Any]] = ()
    if isinstance(value, Mapping) and isinstance(dump, dict):
        items = zip(cast("Mapping[Any, Any]", value).items(), cast("dict[str, Any]", dump).values(), strict=False)
        inner = [(f".{key}", item, dumped) for (key, item), dumped in items]
    elif isinstance(value, (list, tuple, set, frozenset)) and isinstance(dump, list):
        pairs = zip(cast("Iterable[Any]", value), cast("list[Any]", dump), strict=False)
        inner = [(f"[{index}]", item, dumped) for index, (item, dumped) in enumerate(pairs)]
    found = (_masked_secret(place + step, item, dumped) for step, item, dumped in inner)
    return next((masked for masked in found if masked is not None), None)
