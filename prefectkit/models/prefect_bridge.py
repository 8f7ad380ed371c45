"""Makes Prefect's own code accept the objects of this package, while Prefect is loaded in this process.

Prefect checks `isinstance`, and its models validate their input. So `isinstance` with Prefect's own class of the same
name is true for an object of this package, and pydantic's validator sees a mapping of its fields, from which it creates
one of Prefect's own. Nothing here imports Prefect.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

_MODULES = (
    "prefect.client.schemas.objects",
    "prefect.client.schemas.responses",
    "prefect.client.schemas.schedules",
    "prefect.client.schemas.actions",
    "prefect.client.schemas.filters",
    "prefect.client.schemas.events",
    "prefect.events.schemas.automations",
    "prefect.events.schemas.events",
    "prefect.events.actions",
    "prefect.events.filters",
)
# Prefect's `Failed()` is a `State`.
_RENAMED = {"Deployment": "DeploymentResponse", "StateCreate": "State"}
# `isinstance` runs code of these between its caller and the object.
_BETWEEN = frozenset({__name__, f"{__package__}.prefect_engine", "abc", "pydantic._internal._model_construction"})


class _Fields(Mapping[str, Any]):
    """The class of an object for a validator: pydantic accepts a mapping for any model, and validates its items."""


def official_class(name: str) -> type | None:
    """Prefect's own class of this name, if it is loaded."""
    for module in _MODULES:
        found = getattr(sys.modules.get(module), _RENAMED.get(name, name), None)
        if isinstance(found, type):
            return found
    return None


def class_for(value: object) -> type:
    """The class that `isinstance` sees for an object of this package."""
    if "prefect" not in sys.modules:
        return type(value)
    if calling_module().startswith("pydantic."):
        return _Fields
    return official_class(type(value).__name__) or type(value)


def calling_module() -> str:
    """The module whose code calls `isinstance`, in the property `__class__` of an object."""
    frame = inspect.currentframe()
    while frame is not None:
        name: str = frame.f_globals.get("__name__", "")
        if name not in _BETWEEN:
            return name
        frame = frame.f_back
    return ""


class PrefectBridge:
    """A mixin of all models."""

    __slots__ = ()

    # Attributes that pydantic and Prefect read of any object: in `isinstance`, and in `==`.
    __pydantic_decorators__ = None
    _reset_fields: ClassVar[frozenset[str]] = frozenset()

    if not TYPE_CHECKING:

        @property
        def __class__(self) -> type:
            """The class that `isinstance` sees for the object."""
            return class_for(self)

        def get(self, name: str, default: object = None) -> object:
            """A field, for a validator that sees the object as a mapping.

            Args:
                name: Its name.
                default: What is returned if there is no such field.

            Raises:
                TypeError: The object has no type, but the model is chosen by it: a trigger or an action.
            """
            if name == "type" and not hasattr(self, name):
                raise TypeError(f"a {type(self).__name__} is given to Prefect in place of an object with a type")
            return self.model_dump(include={name}).get(name, default)

        def items(self) -> object:
            """The fields, for a validator that sees the object as a mapping."""
            return self.model_dump().items()
