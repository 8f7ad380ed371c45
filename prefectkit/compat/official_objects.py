"""Results as objects of Prefect's own classes."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from msgspec import structs

from prefectkit.models.prefect_bridge import official_class


def to_official(result: Any) -> Any:
    """The result of a flat method, with objects converted to Prefect's classes of the same names, if they exist.

    Args:
        result: An object, a list of objects, or anything else, which is returned unchanged.
    """
    if isinstance(result, list):
        return [to_official(item) for item in cast("list[Any]", result)]
    official: Any = official_class(type(result).__name__) if isinstance(result, msgspec.Struct) else None
    if official is None:
        return result
    # Parameters may be objects of the caller that JSON does not have.
    parameters = getattr(result, "parameters", None)
    plain: Any = structs.replace(result, parameters={}) if isinstance(parameters, dict) else result
    converted: Any = official.model_validate(plain.model_dump(mode="json"))
    if isinstance(parameters, dict):
        converted.parameters = parameters
    return converted
