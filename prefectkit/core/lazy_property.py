"""Properties that import a module when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from prefectkit.core.concurrency.lazy_loading import loading
from prefectkit.core.errors import RequestError

T = TypeVar("T")

if TYPE_CHECKING:
    lazy_property = cached_property
else:

    class lazy_property(cached_property):
        """A cached property whose function may import a module.

        Unlike that of Python 3.11 it has no lock, which a forked child could inherit locked.
        """

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            with loading():
                value = _loaded(self.attrname, lambda: self.func(instance))
            return instance.__dict__.setdefault(self.attrname, value)


def _loaded(name: str, function: Callable[[], T]) -> T:
    try:
        return function()
    except ImportError as error:
        spec = getattr(sys.modules.get(error.name or ""), "__spec__", None)
        if not getattr(spec, "_initializing", False):
            raise
        raise RequestError(
            f"{name} cannot be used here: this code (a signal handler, a finalizer) interrupts the import of "
            f"{error.name} in its own thread. Use {name} once before, such as where the client is made"
        ) from error
