"""Errors that an `except` of the class of the same name in Prefect's own package catches, if that is loaded."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, TypeVar

E = TypeVar("E", bound=Exception)

_OFFICIAL_MODULES = ("prefect.exceptions", "prefect.client.cloud", "prefect.concurrency.asyncio")


def also_official(error: E) -> E:
    """The error, made an instance of the official class of the same name too, if that is loaded."""
    ours: Any = type(error)
    for module in _OFFICIAL_MODULES:
        official = getattr(sys.modules.get(module), ours.__name__, None)
        if isinstance(official, type) and not issubclass(ours, official):
            error.__class__ = _derive_from_both(ours, official)
            break
    return error


@cache
def _derive_from_both(ours: type[Any], official: type[Any]) -> type[Any]:
    return type(
        ours.__name__, (ours, official), {"__module__": ours.__module__, "__doc__": ours.__doc__, "_ours": ours}
    )


def reduce_error(error: Exception) -> tuple[Any, ...]:
    """What `__reduce__` returns for an error: it is restored without a call of its class.

    Args:
        error: The error.
    """
    return _restore, (getattr(error, "_ours", type(error)), error.args), error.__dict__


def _restore(cls: type[Exception], args: tuple[object, ...]) -> Exception:
    error = cls.__new__(cls)
    error.args = args
    return also_official(error)
