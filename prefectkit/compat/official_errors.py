"""Makes an `except` clause with a class of Prefect's catch the error of the same name of this package."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, TypeVar

E = TypeVar("E", bound=Exception)

_OFFICIAL_MODULES = ("prefect.exceptions", "prefect.client.cloud", "prefect.concurrency.asyncio")


def also_official(error: E) -> E:
    """The error, made an instance of the official class of the same name too, if that is loaded."""
    native: Any = type(error)
    for module in _OFFICIAL_MODULES:
        official = getattr(sys.modules.get(module), native.__name__, None)
        if isinstance(official, type) and not issubclass(native, official):
            error.__class__ = _derive_from_both(native, official)
            break
    return error


@cache
def _derive_from_both(native: type[Any], official: type[Any]) -> type[Any]:
    attributes = {"__module__": native.__module__, "__doc__": native.__doc__, "_native_class": native}
    return type(native.__name__, (native, official), attributes)


def reduce_error(error: Exception) -> tuple[Any, ...]:
    """The result of `__reduce__` for an error, which is restored without a call of its class.

    Args:
        error: The error.
    """
    return _restore, (getattr(error, "_native_class", type(error)), error.args), error.__dict__


def _restore(cls: type[Exception], args: tuple[object, ...]) -> Exception:
    error = cls.__new__(cls)
    error.args = args
    return also_official(error)
