"""Where a program has Prefect itself loaded, an `except` of one of its classes catches our error of that name too."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, TypeVar

E = TypeVar("E", bound=Exception)

_HOMES = ("prefect.exceptions", "prefect.client.cloud")


def kindred(error: E) -> E:
    """The error, which is then also one of Prefect's own class of the same name, if that is loaded."""
    ours: Any = type(error)
    for home in _HOMES:
        theirs = getattr(sys.modules.get(home), ours.__name__, None)
        if isinstance(theirs, type) and not issubclass(ours, theirs):
            error.__class__ = _of_both(ours, theirs)
            break
    return error


@cache
def _of_both(ours: type[Any], theirs: type[Any]) -> type[Any]:
    return type(ours.__name__, (ours, theirs), {"__module__": ours.__module__, "__doc__": ours.__doc__, "_ours": ours})


def pickled(error: Exception) -> tuple[Any, ...]:
    """What `__reduce__` returns for an error of ours: made without a call of its class, and kindred where it is loaded.

    Args:
        error: The error.
    """
    return _restored, (getattr(error, "_ours", type(error)), error.args), error.__dict__


def _restored(cls: type[Exception], args: tuple[object, ...]) -> Exception:
    error = cls.__new__(cls)
    error.args = args
    return kindred(error)
